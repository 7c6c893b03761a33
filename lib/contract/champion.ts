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
