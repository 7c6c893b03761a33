import { existsSync, openSync, readSync, closeSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { checkHead, toleratedShare } from '../containers/table/check-head.ts';
import { FileFaults } from '../containers/table/file-faults.ts';
import { DATA_SUFFIXES, HEAD_BYTES, isDataFile, readHead, type Head } from '../containers/table/head.ts';
import { parseSchema, type Schema } from '../containers/table/schema.ts';

const SAMPLE = { data: 'examples/breast-cancer/data', schema: 'examples/breast-cancer/schema.json' };

/** Where the data and its description are, as the command was told. */
export interface DataFlags {
  readonly data?: string;
  readonly schema?: string;
  readonly label?: string;
  /** Hyperparameters by name, as text. */
  readonly set?: Readonly<Record<string, string>>;
}

/** Training data on this machine, checked as far as its first bytes go. */
export interface TrainingData {
  /** As the command was told. */
  readonly source: string;
  readonly files: readonly DataFile[];
  /** Names of files that are no data files. */
  readonly ignored: readonly string[];
  /** Path of the schema. */
  readonly schema: string;
}

export interface DataFile {
  /** Relative to the folder, with slashes. */
  readonly name: string;
  readonly path: string;
}

/**
 * Finds the data and its schema, and checks schema, headers and a sample of the cells: before anything is synthesised
 * or deployed.
 *
 * @param infer writes a schema for the label where there is none, and returns its path
 * @throws Error naming flag or file, and what to do
 */
export async function resolveData(
  flags: DataFlags,
  infer: (source: string, label: string) => Promise<string>,
): Promise<TrainingData> {
  const source = flags.data ?? SAMPLE.data;
  if (flags.schema !== undefined && flags.label !== undefined) {
    throw new Error(
      `--label is "${flags.label}" beside --schema; the schema names the label, so give one of the two`,
    );
  }
  const { files, ignored } = findFiles(source);
  if (files.length === 0) {
    throw new Error(
      `--data is "${source}", which holds no data file${ignored.length > 0 ? ` (${listed(ignored)} are none)` : ''}; ` +
        `data files end in ${DATA_SUFFIXES}`,
    );
  }
  const schema = flags.schema ?? (await schemaWithoutOne(flags, source, files, infer));
  const allowed = Number(flags.set?.['preprocessing.max_bad_row_fraction'] ?? 0);
  await checkFiles(files, readSchemaFile(schema), toleratedShare(allowed));
  return { source, files, ignored, schema };
}

async function schemaWithoutOne(
  { data, label }: DataFlags,
  source: string,
  files: readonly DataFile[],
  infer: (source: string, label: string) => Promise<string>,
): Promise<string> {
  if (label !== undefined) return infer(source, label);
  if (data === undefined) return SAMPLE.schema;
  const [first] = files;
  const head = readHead(piece(first!.path, 0, HEAD_BYTES), first!.name);
  const { columns } = head.format === 'parquet' ? await parquetHead(first!.path, first!.name) : head;
  throw new Error(
    `--data is "${data}" without --label or --schema; say which column to predict, e.g. --label ` +
      `${JSON.stringify(columns.at(-1) ?? 'COLUMN')}${columns.length > 0 ? ` (columns are ${listed(columns)})` : ''}`,
  );
}

/** Returns the data files of a folder and below, or the one file that is named, and what else is there. */
export function findFiles(source: string): { files: DataFile[]; ignored: string[] } {
  if (!existsSync(source)) {
    throw new Error(`--data is "${source}", which does not exist; name a file or a folder`);
  }
  if (!statSync(source).isDirectory()) {
    const name = basename(source);
    return isDataFile(name)
      ? { files: [{ name, path: source }], ignored: [] }
      : { files: [], ignored: [name] };
  }
  // A link may lead nowhere.
  const status = (name: string) => statSync(join(source, name), { throwIfNoEntry: false });
  const names = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((name) => !status(name)?.isDirectory())
    .map((name) => name.replaceAll('\\', '/'))
    .sort();
  const isData = (name: string) => isDataFile(name) && status(name) !== undefined;
  return {
    files: names.filter(isData).map((name) => ({ name, path: join(source, name) })),
    ignored: names.filter((name) => !isData(name)),
  };
}

function readSchemaFile(path: string): Schema {
  if (!existsSync(path) || !statSync(path).isFile()) {
    throw new Error(`--schema is "${path}", which is no file; name a JSON file with label and features`);
  }
  return parseSchema(readFileSync(path, 'utf8'), path);
}

/** @throws TableError describing the files with faults, each with all of its faulty columns */
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

/** Returns the columns of a Parquet file, which stand at its end. */
async function parquetHead(path: string, name: string): Promise<Head> {
  const { readParquetHead } = await import('../containers/table/parquet-head.ts');
  const read = async (start: number, end: number) => piece(path, start, end);
  return readParquetHead({ size: statSync(path).size, read }, name);
}

/** @param end exclusive; the file may end before */
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
