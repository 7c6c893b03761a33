import zlib from 'node:zlib';
import { detectEncoding } from '../containers/table/characters.ts';
import { detectCompression } from '../containers/table/compression.ts';
import { detectDialect, parseDelimited } from '../containers/table/delimited.ts';
import { TableError } from '../containers/table/errors.ts';
import { usesDecimalComma } from '../containers/table/sample-numbers.ts';
import { UsageError } from './errors';

/** A request to the API. */
export interface PredictionRequest {
  readonly contentType: 'application/json' | 'text/csv';
  readonly body: string;
}

const DECIMAL_COMMA = /^(\s*[-+]?\d*),(\d+\s*)$/;

/**
 * Returns the prediction request for a file's rows. Training accepts more file formats than the API: compressed files,
 * other encodings, other separators, JSON lines. Such files are converted.
 *
 * @param name of the file; `-` for standard input
 * @throws UsageError for a file that is not a text table, or is damaged
 */
export function requestOf(bytes: Buffer, name: string): PredictionRequest {
  try {
    return rewritten(bytes, name);
  } catch (error) {
    if (error instanceof TableError) throw new UsageError(error.message);
    throw error;
  }
}

function rewritten(bytes: Buffer, name: string): PredictionRequest {
  if (bytes.subarray(0, 4).toString('latin1') === 'PAR1') {
    throw new UsageError(
      `FILE is "${name}", a Parquet file; the API accepts CSV and JSON: convert it to one of them.`,
    );
  }
  const plain = decompressed(bytes, name);
  const text = new TextDecoder(detectEncoding(plain, name)).decode(plain);
  const named = name.replace(/\.(gz|gzip|zst|zstd)$/i, '');
  const isJson =
    /\.(json|jsonl|ndjson)$/i.test(named) || (!/\.(csv|tsv|txt)$/i.test(named) && /^\s*[{[]/.test(text));
  return isJson
    ? { contentType: 'application/json', body: instances(text) }
    : { contentType: 'text/csv', body: commaSeparated(text) };
}

function decompressed(bytes: Buffer, name: string): Buffer {
  const compression = detectCompression(bytes, name);
  if (compression === 'none') return bytes;
  try {
    return compression === 'gzip' ? zlib.gunzipSync(bytes) : zlib.zstdDecompressSync(bytes);
  } catch (error) {
    throw new UsageError(
      `FILE is "${name}", which is truncated or damaged: ${compression} cannot decompress it (${(error as Error).message}).`,
    );
  }
}

/** Returns the body for a list of rows or for JSON lines; returns any other text unchanged, for the API to validate. */
function instances(text: string): string {
  if (text.trimStart().startsWith('[')) return `{"instances": ${text}}`;
  const lines = text.split(/\r?\n|\r/).filter((line) => line.trim() !== '');
  const isRow = (line: string) => /^\s*\{.*\}\s*$/.test(line) && !/^\s*\{\s*"instances"/.test(line);
  return lines.length > 0 && lines.every(isRow) ? `{"instances": [${lines.join(',')}]}` : text;
}

/** Returns CSV with commas and decimal points; returns the text unchanged if it has that form. */
function commaSeparated(text: string): string {
  const { delimiter, quote, skip } = detectDialect(text, [], false);
  if (delimiter === ',' && quote === '"') return text;
  const table = skip > 0 ? text.slice(text.indexOf('\n') + 1) : text;
  const rows = parseDelimited(table, delimiter, quote, Infinity, false);
  const decimalComma = usesDecimalComma(rows, delimiter, undefined);
  const field = (cell: string) => {
    const value = decimalComma ? cell.replace(DECIMAL_COMMA, '$1.$2') : cell;
    return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
  };
  return rows.map((row) => `${row.map(field).join(',')}\n`).join('');
}
