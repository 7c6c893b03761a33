import { parse } from 'csv-parse/sync';
import { parseDataSchema, requiredColumns, type DataSchema } from '../../lib/contract/data-schema';
import { ErrorName, PipelineError } from '../../lib/contract/errors';
import type { PinnedObject } from '../../lib/contract/run';
import type { Bucket } from '../shared/s3';

/** A header longer than this is not looked at here; preprocessing reads it in any case. */
const HEADER_BYTES = 65_536;

/** Headers read before a run starts: each is one request; preprocessing checks every object. */
const HEADERS_CHECKED = 1_000;
const CONCURRENT_REQUESTS = 16;

export interface PinnedData {
  readonly objects: readonly PinnedObject[];
  readonly schema: { readonly object: PinnedObject; readonly text: string };
}

/**
 * Finds the current versions of the training data and of its schema, and refuses at once what preprocessing
 * would refuse after images were built and instances started: no data, empty files, headers that miss a column.
 *
 * @throws PipelineError `InvalidData` naming object, column and what to do
 */
export async function pinData(bucket: Bucket, dataPrefix: string, schemaKey: string): Promise<PinnedData> {
  const [listed, schema] = await Promise.all([
    bucket.currentVersions(dataPrefix),
    pinSchema(bucket, schemaKey),
  ]);
  const objects = listed.filter(({ key }) => key.endsWith('.csv'));
  if (objects.length === 0) {
    throw invalid(`${bucket.uri(dataPrefix)} holds no .csv object; upload the training data there`);
  }
  const empty = objects.find(({ size }) => size === 0);
  if (empty) throw invalid(`${bucket.uri(empty.key)} is empty (0 bytes); upload rows or delete it`);
  const parsed = parseDataSchema(schema.text, bucket.uri(schemaKey));
  await checkHeaders(bucket, objects.slice(0, HEADERS_CHECKED), parsed, schemaKey);
  return { objects, schema };
}

async function pinSchema(bucket: Bucket, key: string): Promise<PinnedData['schema']> {
  const object = (await bucket.currentVersions(key)).find((candidate) => candidate.key === key);
  if (!object)
    throw invalid(`${bucket.uri(key)} does not exist; upload the schema of the training data there`);
  return { object, text: await bucket.text(key, { versionId: object.versionId }) };
}

async function checkHeaders(
  bucket: Bucket,
  objects: readonly PinnedObject[],
  schema: DataSchema,
  schemaKey: string,
): Promise<void> {
  for (let start = 0; start < objects.length; start += CONCURRENT_REQUESTS) {
    await Promise.all(
      objects.slice(start, start + CONCURRENT_REQUESTS).map(async ({ key, versionId }) => {
        const text = await bucket.text(key, { versionId, range: [0, HEADER_BYTES - 1] });
        checkHeader(text, schema, bucket.uri(key), bucket.uri(schemaKey));
      }),
    );
  }
}

/** @param text the beginning of a CSV file */
export function checkHeader(text: string, schema: DataSchema, source: string, schemaSource: string): void {
  const end = text.search(/\r?\n/);
  if (end < 0 && text.length >= HEADER_BYTES) return;
  const header = end < 0 ? text : text.slice(0, end);
  let columns: string[];
  try {
    columns = parse(header, { bom: true, trim: true })[0] ?? [];
  } catch (error) {
    throw invalid(`${source}: the header is no CSV line (${(error as Error).message}); mend the first line`);
  }
  const repeated = columns.find((column, index) => columns.indexOf(column) !== index);
  if (repeated !== undefined) {
    throw invalid(`${source}: column "${repeated}" stands in the header twice; name each column once`);
  }
  const missing = requiredColumns(schema).find((column) => !columns.includes(column));
  if (missing !== undefined) {
    throw invalid(
      `${source}: column "${missing}" is missing; ${schemaSource} names it, the header has ${columns.join(', ')}`,
    );
  }
  if (end < 0 || text.slice(end).trim() === '') {
    throw invalid(`${source}: has a header and no row; upload rows or delete it`);
  }
}

function invalid(message: string): PipelineError {
  return new PipelineError(ErrorName.InvalidData, message);
}
