import { ErrorName, PipelineError } from '../../lib/contract/errors';
import type { Challenger, Champion, RunLock } from '../../lib/contract/run';
import { describeTest } from '../shared/challenger';

export interface LockRequest extends RunLock {
  /** Run of the champion that the candidate was compared with; null if there was none. */
  readonly champion: string | null;
  /** Only of a run that restores the endpoint. */
  readonly restore?: {
    /** Run of the challenger that the run found; null without one. */
    readonly challenger: string | null;
  };
  /** True if the run has restored the endpoint, and goes on to train. */
  readonly release?: boolean;
}

/**
 * Checks that a candidate may still be deployed: it must replace the champion that it was compared with. What is restored
 * must still be the champion, and the test that it is in.
 *
 * @throws PipelineError `ChampionChanged` or `ChallengerUndecided`
 */
export function checkDeployable(
  request: LockRequest,
  champion: Champion | null,
  challenger: Challenger | null,
): void {
  if (request.restore ? request.restore.challenger !== (challenger?.runId ?? null) : challenger) {
    if (!challenger) throw championChanged(request, 'the test of its challenger has ended');
    throw new PipelineError(
      ErrorName.ChallengerUndecided,
      `${describeTest(challenger)}; decide with mlops promote or mlops rollback, then start another run`,
    );
  }
  const now = champion?.runId ?? null;
  if (now === request.champion) return;
  throw championChanged(request, `the champion is ${now ?? 'none'} now`);
}

function championChanged({ runId, restore, champion }: LockRequest, change: string): PipelineError {
  const [did, then] = restore ? ['was to restore', 'restores'] : ['was compared with', 'compares with'];
  return new PipelineError(
    ErrorName.ChampionChanged,
    `run ${runId} ${did} ${champion ?? 'no champion'}, but ${change}; start another run, which ${then} that`,
  );
}

export function inProgress(holder: RunLock): PipelineError {
  return new PipelineError(
    ErrorName.DeploymentInProgress,
    `run ${holder.runId} is deploying; two runs never deploy at once: start another run when it has ended`,
  );
}
