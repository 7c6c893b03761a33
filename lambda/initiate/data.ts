import { checkHead, toleratedShare } from '../../containers/table/check-head.ts';
import { FileFaults } from '../../containers/table/file-faults.ts';
import { DATA_SUFFIXES, HEAD_BYTES, isDataFile, readHead, type Head } from '../../containers/table/head.ts';
import { TEXT_BUCKETS } from '../../containers/table/inputs.ts';
import type { Schema } from '../../containers/table/schema.ts';
import { ErrorName, PipelineError } from '../../lib/contract/errors';
import type { PinnedObject } from '../../lib/contract/run';
import type { Bucket } from '../shared/s3';
import { asInvalidData, readSchema } from '../shared/table-schema';
import { growthOf } from './volumes';

/** Objects whose head is read before a run starts, one request each; preprocessing checks every object. */
const HEADS_CHECKED = 2_000;
const CONCURRENT_REQUESTS = 64;

export interface PinnedData {
  readonly objects: readonly PinnedObject[];
  /** Keys below the data's prefix that are not data files. */
  readonly ignored: readonly string[];
  /** Bytes written per byte of the data. */
  readonly growth: number;
  readonly schema: { readonly object: PinnedObject; readonly text: string; readonly parsed: Schema };
}

/**
 * Finds the current versions of the training data and of its schema, and rejects at once what preprocessing would
 * reject after images were built and instances started: no data, files that are not tables, headers that lack a column,
 * cells of the first rows that do not match the schema.
 *
 * @param maxBadRowFraction share of rows that may be set aside
 * @throws PipelineError `InvalidData` naming object, column and remedy
 */
export async function pinData(
  bucket: Bucket,
  dataPrefix: string,
  schemaKey: string,
  maxBadRowFraction: number,
): Promise<PinnedData> {
  const [listed, schema] = await Promise.all([
    bucket.currentVersions(dataPrefix),
    pinSchema(bucket, schemaKey),
  ]);
  const files = listed.filter(({ key }) => !key.endsWith('/'));
  const objects = files.filter(({ key }) => isDataFile(key));
  const ignored = files.filter(({ key }) => !isDataFile(key)).map(({ key }) => key);
  if (objects.length === 0) {
    throw invalid(
      `${bucket.uri(dataPrefix)} holds no data file${ignored.length > 0 ? ` among its ${ignored.length} objects` : ''}; ` +
        `upload the training data there, as ${DATA_SUFFIXES}`,
    );
  }
  const rules = { schema: schema.parsed, tolerated: toleratedShare(maxBadRowFraction) };
  const measured = await checkHeads(bucket, objects.slice(0, HEADS_CHECKED), rules);
  return { objects, ignored, growth: growth(measured, schema.parsed), schema };
}

async function pinSchema(bucket: Bucket, key: string): Promise<PinnedData['schema']> {
  const object = (await bucket.currentVersions(key)).find((candidate) => candidate.key === key);
  if (!object)
    throw invalid(`${bucket.uri(key)} does not exist; upload the schema of the training data there`);
  const text = await bucket.text(key, { versionId: object.versionId });
  return { object, text, parsed: readSchema(text, bucket.uri(key)) };
}

/** Requirements on an object's head. */
interface Rules {
  readonly schema: Schema;
  /** Share of the sampled rows that may have a bad cell in a column. */
  readonly tolerated: number;
}

async function checkHeads(bucket: Bucket, objects: readonly PinnedObject[], rules: Rules): Promise<Measured> {
  const measured: Measured = { compressed: false, rows: 0, bytes: 0 };
  const faults = new FileFaults();
  const waiting = objects.values();
  const work = async () => {
    for (const object of waiting) {
      const head = await faults.of(bucket.uri(object.key), () => checkOne(bucket, object, rules));
      if (head) measure(measured, head);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_REQUESTS }, work));
  asInvalidData(() => faults.throwIfAny());
  return measured;
}

async function checkOne(bucket: Bucket, object: PinnedObject, { schema, tolerated }: Rules): Promise<Head> {
  const { key, versionId, size } = object;
  const name = bucket.uri(key);
  // S3 refuses a range of an empty object.
  const bytes =
    size === 0 ? new Uint8Array() : await bucket.bytes(key, { versionId, range: [0, HEAD_BYTES - 1] });
  const head = readHead(bytes, name, schema);
  if (head.format !== 'parquet') {
    checkHead(head, schema, name, tolerated);
    return head;
  }
  const { readParquetHead } = await import('../../containers/table/parquet-head.ts');
  const read = (start: number, end: number) => bucket.bytes(key, { versionId, range: [start, end - 1] });
  const parquet = await readParquetHead({ size, read }, name);
  checkHead(parquet, schema, name, tolerated);
  return parquet;
}

/** Measurements that the sizes of volumes are computed from, in addition to the objects' bytes. */
interface Measured {
  compressed: boolean;
  rows: number;
  /** Size of those rows as text. */
  bytes: number;
}

function measure(measured: Measured, { compression, format, rows }: Head): void {
  measured.compressed ||= compression !== 'none' || format === 'parquet';
  measured.rows += rows.length;
  measured.bytes += rows.reduce((sum, row) => sum + row.join().length + 1, 0);
}

function growth({ compressed, rows, bytes }: Measured, { features }: Schema): number {
  const texts = features.filter(({ type }) => type === 'text').length;
  return growthOf(compressed, texts * TEXT_BUCKETS, rows === 0 ? null : bytes / rows);
}

function invalid(message: string): PipelineError {
  return new PipelineError(ErrorName.InvalidData, message);
}
