import { existsSync, openSync, readSync, closeSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { checkHead, toleratedShare } from '../containers/table/check-head.ts';
import { FileFaults } from '../containers/table/file-faults.ts';
import { DATA_SUFFIXES, dataFileRule, HEAD_BYTES, readHead, type Head } from '../containers/table/head.ts';
import type { PipelineConfig } from '../lib/config';
import { parseSchema, type Schema } from '../containers/table/schema.ts';

/** Flags that name the data and its schema. */
export interface DataFlags {
  readonly data?: string;
  readonly schema?: string;
  readonly label?: string;
  /** Hyperparameters by name, as text. */
  readonly set?: Readonly<Record<string, string>>;
}

/** Training data on this machine. The heads of the files are valid. */
export interface TrainingData {
  /** The path of the flag. */
  readonly source: string;
  readonly files: readonly DataFile[];
  /** Names of files that are not data files. */
  readonly ignored: readonly string[];
  /** Path of the schema; null for data that are no table. */
  readonly schema: string | null;
}

export interface DataFile {
  /** Relative to the folder, with slashes. */
  readonly name: string;
  readonly path: string;
}

/** Sample and kind of a model's data. */
export type DataConfig = Pick<PipelineConfig['data'], 'check' | 'suffixes' | 'sample'>;

/**
 * Finds the data, and for a table its schema, and checks the schema, the headers and a sample of the cells, before the
 * synthesis and the stack deployment.
 *
 * @param config data of the model
 * @param infer writes a schema for the label, and returns its path
 * @throws Error that names the flag or the file, and what to do
 */
export async function resolveData(
  flags: DataFlags,
  config: DataConfig,
  infer: (source: string, label: string) => Promise<string>,
): Promise<TrainingData> {
  const source = flags.data ?? config.sample?.data;
  if (source === undefined) {
    throw new Error('the model has no sample data (data.sample); give a file or a folder with --data');
  }
  if (flags.schema !== undefined && flags.label !== undefined) {
    throw new Error(
      `--label is "${flags.label}", and --schema is given too; the schema defines the label: give only one of them`,
    );
  }
  const isTable = config.check === 'table';
  const { schema: schemaFlag, label } = flags;
  if (!isTable && (schemaFlag ?? label) !== undefined) {
    const [flag, value] = schemaFlag === undefined ? ['--label', label] : ['--schema', schemaFlag];
    throw new Error(`${flag} is "${value}", but the data of this model are no table; leave it out`);
  }
  const { files, ignored } = findFiles(source, config);
  if (files.length === 0) {
    const endings = Array.isArray(config.suffixes) ? config.suffixes.join(' or ') : DATA_SUFFIXES;
    throw new Error(
      `--data is "${source}", which has no data file${ignored.length > 0 ? ` (only ${listed(ignored)})` : ''}; ` +
        `names of data files end in ${endings}`,
    );
  }
  if (!isTable) return { source, files, ignored, schema: null };
  const schema = schemaFlag ?? (await schemaWithoutOne(flags, config, source, files, infer));
  const allowed = Number(flags.set?.['preprocessing.max_bad_row_fraction'] ?? 0);
  await checkFiles(files, readSchemaFile(schema), toleratedShare(allowed));
  return { source, files, ignored, schema };
}

async function schemaWithoutOne(
  { data, label }: DataFlags,
  { sample }: DataConfig,
  source: string,
  files: readonly DataFile[],
  infer: (source: string, label: string) => Promise<string>,
): Promise<string> {
  if (label !== undefined) return infer(source, label);
  if (data === undefined && sample?.schema) return sample.schema;
  const [first] = files;
  const head = readHead(piece(first!.path, 0, HEAD_BYTES), first!.name);
  const { columns } = head.format === 'parquet' ? await parquetHead(first!.path, first!.name) : head;
  throw new Error(
    `--data is "${source}" without --label or --schema; name the column to predict, e.g. --label ` +
      `${JSON.stringify(columns.at(-1) ?? 'COLUMN')}${columns.length > 0 ? ` (columns: ${listed(columns)})` : ''}`,
  );
}

/** Returns the data files of a folder, recursively, or the given file; and the names of other files. */
export function findFiles(
  source: string,
  { check, suffixes }: Pick<DataConfig, 'check' | 'suffixes'>,
): { files: DataFile[]; ignored: string[] } {
  const isData = dataFileRule({ check, suffixes });
  if (!existsSync(source)) {
    throw new Error(`--data is "${source}", which does not exist; use a file or a folder`);
  }
  if (!statSync(source).isDirectory()) {
    const name = basename(source);
    return isData(name) ? { files: [{ name, path: source }], ignored: [] } : { files: [], ignored: [name] };
  }
  // A symbolic link may be broken.
  const status = (name: string) => statSync(join(source, name), { throwIfNoEntry: false });
  const names = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((name) => !status(name)?.isDirectory())
    .map((name) => name.replaceAll('\\', '/'))
    .sort();
  const isThere = (name: string) => isData(name) && status(name) !== undefined;
  return {
    files: names.filter(isThere).map((name) => ({ name, path: join(source, name) })),
    ignored: names.filter((name) => !isThere(name)),
  };
}

function readSchemaFile(path: string): Schema {
  if (!existsSync(path) || !statSync(path).isFile()) {
    throw new Error(
      `--schema is "${path}", which is not a file; use a JSON file with "label" and "features"`,
    );
  }
  return parseSchema(readFileSync(path, 'utf8'), path);
}

/** Checks the files. @throws TableError that describes each file with faults and all of its faulty columns */
async function checkFiles(files: readonly DataFile[], schema: Schema, tolerated: number): Promise<void> {
  const faults = new FileFaults();
  for (const { name, path } of files) {
    await faults.of(name, async () => {
      const head = readHead(piece(path, 0, HEAD_BYTES), name, schema);
      checkHead(head.format === 'parquet' ? await parquetHead(path, name) : head, schema, name, tolerated);
    });
  }
  faults.throwIfAny();
}

/** Returns the head of a Parquet file, whose metadata is at its end. */
async function parquetHead(path: string, name: string): Promise<Head> {
  const { readParquetHead } = await import('../containers/table/parquet-head.ts');
  const read = async (start: number, end: number) => piece(path, start, end);
  return readParquetHead({ size: statSync(path).size, read }, name);
}

/** Reads a part of a file. @param end exclusive; the file may end before */
function piece(path: string, start: number, end: number): Uint8Array {
  const bytes = Buffer.alloc(end - start);
  const file = openSync(path, 'r');
  try {
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, start));
  } finally {
    closeSync(file);
  }
}

const LISTED = 12;

function listed(names: readonly string[]): string {
  const more = names.length - LISTED;
  return `${names.slice(0, LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
