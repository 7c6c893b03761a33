import type { Champion } from '../lib/contract/run';
import { OperatorError } from './errors';

/** Each champion once, by its newest record. @param records newest first */
export function distinctChampions(records: readonly Champion[]): Champion[] {
  const seen = new Set<string>();
  return records.filter(({ runId }) => !seen.has(runId) && seen.add(runId));
}

/**
 * The champions that led to the one in service, oldest first, itself last. A rollback records an older champion
 * anew: that takes back all that came after it, so the next rollback goes further back and never to a model that
 * was rolled back from.
 *
 * @param records newest first
 */
export function line(records: readonly Champion[]): Champion[] {
  const path: Champion[] = [];
  for (const record of [...records].reverse()) {
    const earlier = path.findIndex(({ runId }) => runId === record.runId);
    if (earlier >= 0) path.length = earlier;
    path.push(record);
  }
  return path;
}

/**
 * Which champion a rollback goes to.
 *
 * @param records newest first
 * @param configInUse what the endpoint serves now
 * @param to a version, if one was named; default: the one before
 * @throws OperatorError where there is none to go back to
 */
export function rollbackTarget(
  records: readonly Champion[],
  configInUse: string,
  to: string | undefined,
): Champion {
  const champion = records[0];
  if (!champion)
    throw new OperatorError(
      'no champion is recorded, so there is nothing to go back to; deploy a model first.',
    );
  if (to === undefined && champion.endpointConfigName !== configInUse)
    throw new OperatorError(
      `the endpoint serves configuration "${configInUse}", which is not the champion's, ${champion.endpointConfigName}: a deployment is going on, or somebody changed it; wait for the run, or name a version with --to.`,
    );
  const target =
    to === undefined ? line(records).at(-2) : distinctChampions(records).find(({ runId }) => runId === to);
  if (!target) {
    throw new OperatorError(
      to === undefined
        ? `there is no champion before "${champion.runId}", so there is nothing to go back to; mlops models lists what there is.`
        : `--to is "${to}", which was never a champion; take a version that mlops models lists.`,
    );
  }
  if (target.endpointConfigName === configInUse && champion.runId === target.runId)
    throw new OperatorError(`version "${target.runId}" is in service already; name another one with --to.`);
  return target;
}

/** One time that a model was the champion; ISO 8601, UTC. */
export interface Service {
  readonly from: string;
  /** Null while it is. */
  readonly until: string | null;
  readonly replacedBy: string | null;
}

/** When a model was the champion, oldest time first. @param records newest first */
export function traceService(records: readonly Champion[], runId: string): Service[] {
  return records
    .flatMap((record, i) => {
      if (record.runId !== runId) return [];
      const next = records[i - 1];
      return [{ from: record.deployedAt, until: next?.deployedAt ?? null, replacedBy: next?.runId ?? null }];
    })
    .reverse();
}
