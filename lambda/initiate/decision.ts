import { createHash } from 'node:crypto';
import { ErrorName, PipelineError } from '../../lib/contract/errors';
import type { GateSettings } from '../../lib/contract/gate';
import type { Challenger, Champion } from '../../lib/contract/run';
import { describeTest } from '../shared/challenger';

/** The record of a candidate that missed the gate. */
export interface Rejection {
  readonly runId: string;
  readonly reason: string;
  readonly champion: string | null;
}

/**
 * Returns the sentence of a run that would displace an undecided test: scheduled runs end unchanged.
 *
 * @throws PipelineError `ChallengerUndecided` for a forced run
 */
export function undecided(challenger: Challenger, force: boolean | undefined): string {
  const sentence = `${describeTest(challenger)}: decide with mlops promote or mlops rollback first`;
  if (force) throw new PipelineError(ErrorName.ChallengerUndecided, sentence);
  return sentence;
}

/** Returns the hash of an attempt: a changed gate gives the same input another chance. */
export function attemptHash(print: string, gate: GateSettings): string {
  return createHash('sha256')
    .update(JSON.stringify([print, gate]))
    .digest('hex')
    .slice(0, 32);
}

/** Returns the sentence that explains why this input needs no run, or undefined. */
export function settledBy(
  print: string,
  champion: Champion | null,
  rejection: Rejection | null,
): string | undefined {
  if (champion?.fingerprint === print) {
    return `data, code and hyperparameters are those of the champion, run ${champion.runId}`;
  }
  // A candidate that lost against another champion might win against this one.
  if (rejection && rejection.champion === (champion?.runId ?? null)) {
    return `data, code and hyperparameters are those of run ${rejection.runId}, which was rejected: ${rejection.reason}`;
  }
  return undefined;
}

/** Returns the sentence that explains why this input is trained. */
export function whatChanged(print: string, champion: Champion | null, force: boolean | undefined): string {
  if (!champion) return 'there is no model in production yet';
  if (champion.fingerprint === print) return 'forced, with the same input as the champion';
  return force ? 'forced, with another input than the champion' : 'data, code or hyperparameters changed';
}
