import { existsSync, openSync, readSync, closeSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { checkHead } from '../containers/table/check-head.ts';
import { TableError } from '../containers/table/errors.ts';
import { DATA_SUFFIXES, HEAD_BYTES, isDataFile, readHead } from '../containers/table/head.ts';
import { parseSchema, type Schema } from '../containers/table/schema.ts';

const SAMPLE = { data: 'examples/breast-cancer/data', schema: 'examples/breast-cancer/schema.json' };

/** Where the data and its description are, as the command was told. */
export interface DataFlags {
  readonly data?: string;
  readonly schema?: string;
  readonly label?: string;
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
  checkFiles(files, readSchemaFile(schema));
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
  const { columns } = readHead(startOf(first!.path), first!.name);
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
  const names = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(source, name)).isFile())
    .map((name) => name.replaceAll('\\', '/'))
    .sort();
  return {
    files: names.filter(isDataFile).map((name) => ({ name, path: join(source, name) })),
    ignored: names.filter((name) => !isDataFile(name)),
  };
}

function readSchemaFile(path: string): Schema {
  if (!existsSync(path) || !statSync(path).isFile()) {
    throw new Error(`--schema is "${path}", which is no file; name a JSON file with label and features`);
  }
  return parseSchema(readFileSync(path, 'utf8'), path);
}

const FAULTS_SHOWN = 3;

/** @throws TableError describing the first files with faults, each with all of its faulty columns */
function checkFiles(files: readonly DataFile[], schema: Schema): void {
  const faults: string[] = [];
  for (const { name, path } of files) {
    try {
      const head = readHead(startOf(path), name, schema);
      // Of Parquet the columns stand at the end; Plan run reads them.
      if (head.format !== 'parquet') checkHead(head, schema, name);
    } catch (error) {
      if (!(error instanceof TableError)) throw error;
      faults.push(error.message);
    }
  }
  if (faults.length === 0) return;
  const more = faults.length - FAULTS_SHOWN;
  throw new TableError(
    [...faults.slice(0, FAULTS_SHOWN), ...(more > 0 ? [`and ${more} more files with faults`] : [])].join(
      '\n',
    ),
  );
}

function startOf(path: string): Uint8Array {
  const bytes = Buffer.alloc(HEAD_BYTES);
  const file = openSync(path, 'r');
  try {
    return bytes.subarray(0, readSync(file, bytes, 0, HEAD_BYTES, 0));
  } finally {
    closeSync(file);
  }
}

const LISTED = 12;

function listed(names: readonly string[]): string {
  const more = names.length - LISTED;
  return `${names.slice(0, LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
