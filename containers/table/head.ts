import { decodeStart, detectEncoding, type Encoding } from './characters.ts';
import { decompressStart, detectCompression, type Compression } from './compression.ts';
import { detectDialect, parseDelimited, type Dialect } from './delimited.ts';
import { TableError } from './errors.ts';
import { parseJsonSample } from './json-sample.ts';
import { normalName, refuseRepeated } from './names.ts';
import { schemaColumns, type Schema } from './schema.ts';
import { isNumeric, usesDecimalComma } from './sample-numbers.ts';

/** Bytes at the start of a file that its head is read from: a header of 5,000 columns fits. */
export const HEAD_BYTES = 2 ** 18;
const SAMPLE_ROWS = 200;
/** Bytes of the decompressed head. */
const PLAIN_BYTES = 4 * HEAD_BYTES;

/** Facts from the first bytes of a data file. */
export interface Head {
  readonly format: 'csv' | 'jsonl' | 'json' | 'parquet';
  readonly compression: Compression;
  readonly encoding: Encoding;
  /** Null unless the format is CSV. */
  readonly csv: CsvFormat | null;
  /**
   * Normal names; '' for a column without one, which cannot be used. Empty for Parquet: its names are at the file's
   * end.
   */
  readonly columns: readonly string[];
  /** Names in the file for `columns`; only for JSON. */
  readonly keys: readonly string[];
  /** The first rows, one text for each of `columns`, unchanged; a row of another length is ragged. */
  readonly rows: readonly (readonly string[])[];
  /** Columns of JSON that hold objects or lists. */
  readonly nested: readonly string[];
  /** True if the bytes were the whole file. */
  readonly complete: boolean;
}

export interface CsvFormat extends Dialect {
  readonly decimalComma: boolean;
  /** Fields of a line: those of `columns`, and empty ones after them in every row. */
  readonly fields: number;
}

const SUFFIX = /\.(csv|tsv|txt|parquet|json|jsonl|ndjson)(\.(gz|gzip|zst|zstd))?$/i;
/** Suffixes, for messages. */
export const DATA_SUFFIXES =
  '.csv, .tsv, .txt, .json, .jsonl, .ndjson or .parquet, perhaps with .gz or .zst after it';

/** Schemas are JSON too, and may be next to the data that they describe. */
const SCHEMA_FILE = /(^|[/.])schema\.json$/i;

/** Returns true for the suffix of a data file, in upper or lower case. */
export function isDataFile(name: string): boolean {
  return SUFFIX.test(name) && !SCHEMA_FILE.test(name);
}

/**
 * Returns the rule that tells data files by their names.
 *
 * @param suffixes endings in lower case; `*`: every file; null: those that the check reads
 */
export function dataFileRule({
  check,
  suffixes,
}: {
  readonly check: 'table' | 'csvHeader' | 'none';
  readonly suffixes: '*' | readonly string[] | null;
}): (name: string) => boolean {
  if (suffixes === '*') return () => true;
  if (suffixes === null && check === 'table') return isDataFile;
  return (name) => (suffixes ?? ['.csv']).some((suffix) => name.toLowerCase().endsWith(suffix));
}

/** Returns the name without the suffix of a data file, if it has one. */
export function withoutDataSuffix(name: string): string {
  return name.replace(SUFFIX, '');
}

/**
 * Reads the head of a data file: its format, from the bytes rather than the suffix, its columns and first rows.
 *
 * @param bytes the first {@link HEAD_BYTES} of the file, or all of it
 * @param name for messages
 * @throws TableError if the file is not a table
 */
export function readHead(bytes: Uint8Array, name: string, schema?: Schema): Head {
  if (bytes.length === 0) throw new TableError(`${name}: the file is empty; remove it or upload it again`);
  const whole = bytes.length < HEAD_BYTES;
  if (Buffer.from(bytes.subarray(0, 4)).toString('latin1') === 'PAR1') {
    const unknown = { columns: [], keys: [], rows: [], nested: [], csv: null };
    return { format: 'parquet', compression: 'none', encoding: 'utf-8', complete: whole, ...unknown };
  }
  const compression = detectCompression(bytes, name);
  const start = decompressStart(bytes, compression, name, whole);
  const plain = start.subarray(0, PLAIN_BYTES);
  const encoding = detectEncoding(plain, name);
  const text = decodeStart(plain, encoding);
  const complete = whole && start.length <= PLAIN_BYTES;
  const common = { compression, encoding, complete };
  if (/^\s*<(!doctype|html|\?xml)/i.test(text)) {
    throw new TableError(
      `${name}: is a web page or XML; download the table itself, as CSV, JSON lines or Parquet`,
    );
  }
  if (text === '' && compression !== 'none') {
    throw new TableError(`${name}: begins like a ${compression} file but holds no data; upload it again`);
  }
  if (text.trim() === '') throw new TableError(`${name}: the file is empty; remove it or upload it again`);
  const isJson = /\.(json|jsonl|ndjson)(\.\w+)?$/i.test(name) || /^\s*(\{\s*"|\[\s*\{)/.test(text);
  if (isJson) return { ...common, csv: null, ...parseJsonSample(text, name, SAMPLE_ROWS, complete) };
  return { ...common, format: 'csv', keys: [], nested: [], ...readCsv(text, name, complete, schema) };
}

function readCsv(
  text: string,
  name: string,
  complete: boolean,
  schema: Schema | undefined,
): Pick<Head, 'csv' | 'columns' | 'rows'> {
  const dialect = detectDialect(text, schema ? schemaColumns(schema) : [], !complete);
  const table = dialect.skip > 0 ? text.slice(text.indexOf('\n') + 1) : text;
  const { delimiter, quote } = dialect;
  const [header, ...rows] = parseDelimited(table, delimiter, quote, SAMPLE_ROWS + 1, !complete);
  if (!header) {
    throw new TableError(
      `${name}: the first line is longer than ${HEAD_BYTES} bytes; is this a table with a header?`,
    );
  }
  const names = header.map(normalName);
  const used = usedFields(names, rows);
  const columns = names.slice(0, used);
  refuseRepeated(columns, name);
  // Lines of separators only, as spreadsheets export them, are not rows.
  const filled = rows.filter((row) => row.some((cell) => cell.trim() !== ''));
  const sample = filled.map((row) => (row.length === names.length ? row.slice(0, used) : row));
  const numeric = schema ? columns.map((column) => isNumeric(column, schema)) : undefined;
  const decimalComma = usesDecimalComma(sample, delimiter, numeric);
  return { csv: { ...dialect, decimalComma, fields: names.length }, columns, rows: sample };
}

/** Returns the number of fields without those at the end that are empty in the header and in all rows. */
function usedFields(names: readonly string[], rows: readonly (readonly string[])[]): number {
  let used = names.length;
  while (used > 1 && names[used - 1] === '' && rows.every((row) => (row[used - 1] ?? '').trim() === ''))
    used--;
  return used;
}
