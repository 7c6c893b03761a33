import type { Champion } from './run';

/** Every field of the champion's record; the compiler holds it to the type. */
const FIELDS: Readonly<Record<keyof Champion, true>> = {
  runId: true,
  fingerprint: true,
  modelName: true,
  endpointConfigName: true,
  modelDataUrl: true,
  inferenceImage: true,
  modelPackageArn: true,
  metrics: true,
  headline: true,
  deployedAt: true,
};

/** Content type of the records of champion and challenger. */
export const RECORD_TYPE = 'application/json';

/**
 * Returns the record of a model that becomes the champion now: an earlier champion, or a challenger without the fields
 * of its test.
 */
export function championOf(record: Champion, deployedAt: Date): Champion {
  const fields = Object.keys(FIELDS) as (keyof Champion)[];
  const known = fields.filter((field) => field in record).map((field) => [field, record[field]]);
  return { ...(Object.fromEntries(known) as unknown as Champion), deployedAt: deployedAt.toISOString() };
}

/** Returns the newest record of each champion. @param records newest first */
export function distinctChampions(records: readonly Champion[]): Champion[] {
  const seen = new Set<string>();
  return records.filter(({ runId }) => !seen.has(runId) && seen.add(runId));
}

/**
 * Returns the champions up to the current one, oldest first. A rollback records an older champion again, which removes
 * all later ones from this list. So the next rollback goes further back, and never to a model that was rolled back.
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
