import { createHash } from 'node:crypto';
import { ErrorName, PipelineError } from '../../lib/contract/errors';
import type { GateSettings } from '../../lib/contract/gate';
import type { Challenger, Champion } from '../../lib/contract/run';
import { describeTest } from '../shared/challenger';
import type { Assessment } from './assessment';

/** The record of a candidate that missed the gate. Its champion is the one that it was judged against. */
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
function undecided(challenger: Challenger, force: boolean | undefined): string {
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

/** The situation in which a run is planned. */
export interface Situation {
  /** Fingerprint of the input. */
  readonly print: string;
  readonly champion: Champion | null;
  readonly challenger: Challenger | null;
  readonly rejection: Rejection | null;
  readonly force: boolean | undefined;
  readonly production: Assessment;
}

export interface PlannedDecision {
  /** True if the run trains. */
  readonly changed: boolean;
  /** Reason, one sentence. */
  readonly reason: string;
}

/**
 * Decides if a run trains. One that does not may have to restore the endpoint.
 *
 * @throws PipelineError `ChallengerUndecided`, or `EndpointNotRestored` if nothing serves and nothing is trained either
 */
export function decide({ print, production, ...situation }: Situation): PlannedDecision {
  const { champion, challenger, rejection, force } = situation;
  const { broken, fault, judgedAgainst, warnings } = production;
  const settled = challenger
    ? undecided(challenger, force)
    : force
      ? undefined
      : settledBy(print, { champion: broken ? null : champion, judgedAgainst, rejection });
  if (settled === undefined) {
    const reason =
      broken && !force
        ? `champion ${champion?.runId} cannot be deployed again: ${broken}`
        : whatChanged(print, champion, force);
    return { changed: true, reason };
  }
  if (broken && fault) throw new PipelineError(ErrorName.EndpointNotRestored, warnings[0]!);
  return { changed: false, reason: [settled, ...warnings].join('; ') };
}

/**
 * Decides what a run does that only restores the endpoint.
 *
 * @throws PipelineError `EndpointNotRestored` with the remedy
 */
export function decideRestoration(champion: Champion | null, production: Assessment): PlannedDecision {
  const { broken, fault, restore, warnings } = production;
  if (!champion)
    throw new PipelineError(
      ErrorName.EndpointNotRestored,
      'there is no champion to restore; deploy a model first, with npx mlops run --wait',
    );
  if (broken && fault) throw new PipelineError(ErrorName.EndpointNotRestored, warnings[0]!);
  const reason = restore?.reason ?? `champion ${champion.runId} needs no restoration`;
  return { changed: false, reason: [reason, ...warnings].join('; ') };
}

/** Returns the sentence that explains why this input needs no training, or undefined. */
function settledBy(
  print: string,
  {
    champion,
    judgedAgainst,
    rejection,
  }: Pick<Situation, 'champion' | 'rejection'> & Pick<Assessment, 'judgedAgainst'>,
): string | undefined {
  if (champion?.fingerprint === print) {
    return `data, code and hyperparameters are those of the champion, run ${champion.runId}`;
  }
  // A candidate that lost against another champion might win against this one.
  if (rejection && rejection.champion === (judgedAgainst?.runId ?? null)) {
    return `data, code and hyperparameters are those of run ${rejection.runId}, which was rejected: ${rejection.reason}`;
  }
  return undefined;
}

/** Returns the sentence that explains why this input is trained. */
function whatChanged(print: string, champion: Champion | null, force: boolean | undefined): string {
  if (!champion) return 'there is no model in production yet';
  if (champion.fingerprint === print) return 'forced, with the same input as the champion';
  return force ? 'forced, with another input than the champion' : 'data, code or hyperparameters changed';
}
