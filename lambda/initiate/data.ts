import { checkHead, toleratedShare } from '../../containers/table/check-head.ts';
import { TableError } from '../../containers/table/errors.ts';
import { FileFaults } from '../../containers/table/file-faults.ts';
import { DATA_SUFFIXES, dataFileRule, HEAD_BYTES, readHead, type Head } from '../../containers/table/head.ts';
import { TEXT_BUCKETS } from '../../containers/table/inputs.ts';
import { checkNumbersOnly } from '../../containers/table/numbers-only.ts';
import type { Schema } from '../../containers/table/schema.ts';
import { ErrorName, PipelineError } from '../../lib/contract/errors';
import type { ModelFacts } from '../../lib/contract/model';
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
  /** Null for data that are no table. */
  readonly schema: { readonly object: PinnedObject; readonly text: string; readonly parsed: Schema } | null;
}

/** Location and kind of the training data. */
export interface DataRules extends DataFacts {
  readonly prefix: string;
  /** True for a bucket that the stack did not create: nothing guarantees that it keeps versions. */
  readonly bucketOfTeam: boolean;
  /** Key of the schema; only of a table. */
  readonly schemaKey: string | undefined;
  /** True for splits that hold numbers only. */
  readonly splits: boolean;
  /** Share of rows that may be set aside. */
  readonly maxBadRowFraction: number;
}

type DataFacts = ModelFacts['data'];

/**
 * Finds the current versions of the training data and of its schema, and rejects at once what preprocessing would
 * reject after images were built and instances started: no data; for tables files that are none, headers that lack a
 * column, cells of the first rows that do not match the schema; for CSV files different headers.
 *
 * @throws PipelineError `InvalidData` naming object, column and remedy
 */
export async function pinData(bucket: Bucket, rules: DataRules): Promise<PinnedData> {
  const { prefix, check, maxBadRowFraction } = rules;
  if (rules.bucketOfTeam) await requireVersions(bucket);
  const [listed, schema] = await Promise.all([
    bucket.currentVersions(prefix),
    check === 'table' ? pinSchema(bucket, rules.schemaKey!) : null,
  ]);
  const isData = dataFileRule(rules);
  const files = listed.filter(({ key }) => !key.endsWith('/'));
  const objects = files.filter(({ key }) => isData(key));
  const ignored = files.filter(({ key }) => !isData(key)).map(({ key }) => key);
  if (objects.length === 0) {
    throw invalid(
      `${bucket.uri(prefix)} holds no data file${ignored.length > 0 ? ` among its ${ignored.length} objects` : ''}; ` +
        `upload the training data there, as ${endings(rules)}`,
    );
  }
  const first = objects.slice(0, HEADS_CHECKED);
  if (schema) {
    if (rules.splits) asInvalidData(() => checkNumbersOnly(schema.parsed, bucket.uri(rules.schemaKey!)));
    const measured = await checkHeads(bucket, first, {
      schema: schema.parsed,
      tolerated: toleratedShare(maxBadRowFraction),
    });
    return { objects, ignored, growth: growth(measured, schema.parsed), schema };
  }
  if (check === 'csvHeader') await checkHeaders(bucket, first);
  // Nothing is known of what preprocessing makes of other files: as much as of compressed ones is assumed.
  return { objects, ignored, growth: growthOf(check === 'none', 0, null), schema };
}

/** A run reads the versions that it pinned, so that it can be replayed, and fails if they change meanwhile. */
async function requireVersions(bucket: Bucket): Promise<void> {
  const status = await bucket.versioning();
  if (status === 'Enabled') return;
  throw invalid(
    `data.bucket.name is "${bucket.name}", whose versioning is ${status ?? 'off'}; must be Enabled, since a run pins the ` +
      `version of each object: aws s3api put-bucket-versioning --bucket ${bucket.name} ` +
      '--versioning-configuration Status=Enabled',
  );
}

function endings({ suffixes, check }: DataFacts): string {
  if (suffixes === '*') return 'any file';
  return suffixes === null && check === 'table' ? DATA_SUFFIXES : (suffixes ?? ['.csv']).join(' or ');
}

/** Checks that all files have the header of the first one. */
async function checkHeaders(bucket: Bucket, objects: readonly PinnedObject[]): Promise<void> {
  const faults = new FileFaults();
  const expected = { name: '', header: '' };
  for (const object of objects) {
    const name = bucket.uri(object.key);
    await faults.of(name, async () => {
      const header = JSON.stringify(readHead(await headOf(bucket, object), name).columns);
      if (expected.name === '') Object.assign(expected, { name, header });
      if (header === expected.header) return;
      throw new TableError(
        `${name} has the columns ${header}, but ${expected.name} has ${expected.header}; upload files with one header`,
      );
    });
  }
  asInvalidData(() => faults.throwIfAny());
}

/** Returns the first bytes of an object. S3 refuses a range of an empty one. */
async function headOf(bucket: Bucket, { key, versionId, size }: PinnedObject): Promise<Uint8Array> {
  return size === 0 ? new Uint8Array() : bucket.bytes(key, { versionId, range: [0, HEAD_BYTES - 1] });
}

async function pinSchema(bucket: Bucket, key: string): Promise<NonNullable<PinnedData['schema']>> {
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
  const head = readHead(await headOf(bucket, object), name, schema);
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
