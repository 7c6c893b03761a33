import { ErrorName, PipelineError } from '../../lib/contract/errors';
import type { Challenger, Champion, RunLock } from '../../lib/contract/run';
import { describeTest } from '../shared/challenger';

export interface LockRequest extends RunLock {
  /** Run of the champion that the candidate was compared with; null if there was none. */
  readonly champion: string | null;
}

/**
 * Checks that a candidate may still be deployed: it must replace the champion that it was compared with.
 *
 * @throws PipelineError `ChampionChanged` or `ChallengerUndecided`
 */
export function checkDeployable(
  request: LockRequest,
  champion: Champion | null,
  challenger: Challenger | null,
): void {
  if (challenger) {
    throw new PipelineError(
      ErrorName.ChallengerUndecided,
      `${describeTest(challenger)}; decide with mlops promote or mlops rollback, then start another run`,
    );
  }
  const now = champion?.runId ?? null;
  if (now === request.champion) return;
  throw new PipelineError(
    ErrorName.ChampionChanged,
    `run ${request.runId} was compared with ${request.champion ?? 'no champion'}, but the champion is ` +
      `${now ?? 'none'} now; start another run, which compares with that`,
  );
}

export function inProgress(holder: RunLock): PipelineError {
  return new PipelineError(
    ErrorName.DeploymentInProgress,
    `run ${holder.runId} is deploying; two runs never deploy at once: start another run when it has ended`,
  );
}
