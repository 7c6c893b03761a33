import { distinctChampions, line } from '../lib/contract/champion';
import type { Champion } from '../lib/contract/run';
import { OperatorError } from './errors';

/**
 * Returns the champion that a rollback goes to.
 *
 * @param records newest first
 * @param configInUse the endpoint's current configuration
 * @param to a version; undefined: the previous champion
 * @throws OperatorError if there is none to go back to
 */
export function rollbackTarget(
  records: readonly Champion[],
  configInUse: string,
  to: string | undefined,
): Champion {
  const champion = records[0];
  if (!champion)
    throw new OperatorError(
      'there is no champion yet, so a rollback is not possible; deploy a model first (mlops run --wait).',
    );
  const previous = line(records).at(-2);
  // The previous champion is in service already if a rollback was interrupted before it was recorded.
  if (to === undefined && ![champion, previous].some((each) => each?.endpointConfigName === configInUse))
    throw new OperatorError(
      `the endpoint serves configuration "${configInUse}"; the champion's is "${champion.endpointConfigName}": a run is deploying, or the endpoint was changed by hand; wait for the run, return to the champion with mlops endpoint restore, or set a version with --to.`,
    );
  const target = to === undefined ? previous : distinctChampions(records).find(({ runId }) => runId === to);
  if (!target) {
    throw new OperatorError(
      to === undefined
        ? `there is no champion before "${champion.runId}", so a rollback is not possible; mlops models lists the champions.`
        : `--to is "${to}", which was never a champion; use a version that mlops models lists.`,
    );
  }
  if (target.endpointConfigName === configInUse && champion.runId === target.runId)
    throw new OperatorError(`version "${target.runId}" is already in service; set another one with --to.`);
  return target;
}

/** A period in which a model was the champion; ISO 8601, UTC. */
export interface Service {
  readonly from: string;
  /** Null for the current champion. */
  readonly until: string | null;
  readonly replacedBy: string | null;
}

/** Returns the periods in which a model was the champion, oldest first. @param records newest first */
export function traceService(records: readonly Champion[], runId: string): Service[] {
  return records
    .flatMap((record, i) => {
      if (record.runId !== runId) return [];
      const next = records[i - 1];
      return [{ from: record.deployedAt, until: next?.deployedAt ?? null, replacedBy: next?.runId ?? null }];
    })
    .reverse();
}
