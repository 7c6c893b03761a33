import { createReadStream } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import Papa from 'papaparse';

/** A text that is not CSV. */
export class CsvError extends Error {
  override name = 'CsvError';
}

interface Parsed {
  readonly data: string[][];
  readonly errors: readonly { readonly message: string; readonly row?: number }[];
  readonly meta: { readonly cursor: number };
}

/** Bytes per read of a file. */
const BLOCK_BYTES = 1 << 20;

/**
 * Reads comma-separated values (RFC 4180). Leaves empty lines out.
 *
 * @throws CsvError for a quote that is not closed, or that has text behind it
 */
export function parseCsv(text: string): string[][] {
  return parseBlock(withoutMark(text), newlineOf(text), { last: true, before: 0 }).records;
}

/**
 * Reads a file of comma-separated values, UTF-8, block by block.
 *
 * @param onBytes receives the content as it is read
 * @throws CsvError as {@link parseCsv}
 */
export async function* readCsv(file: string, onBytes?: (bytes: Buffer) => void): AsyncGenerator<string[][]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let newline: string | undefined;
  let before = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: BLOCK_BYTES }) as AsyncIterable<Buffer>) {
    onBytes?.(chunk);
    const decoded = decoder.write(chunk);
    const text = newline === undefined ? withoutMark(decoded) : rest + decoded;
    newline ??= newlineOf(text);
    const { records, cursor } = parseBlock(text, newline, { last: false, before });
    rest = text.slice(cursor);
    before += records.length;
    if (records.length > 0) yield records;
  }
  const { records } = parseBlock(rest + decoder.end(), newline ?? '\n', { last: true, before });
  if (records.length > 0) yield records;
}

interface Block {
  /** False: the last record may continue after the text's end, and is not returned. */
  readonly last: boolean;
  /** Records of earlier blocks. */
  readonly before: number;
}

function parseBlock(
  text: string,
  newline: string,
  { last, before }: Block,
): { records: string[][]; cursor: number } {
  // The low-level parser: it neither guesses the delimiter nor copies the records.
  const parser = new Papa.Parser({ delimiter: ',', newline: newline as '\n', quoteChar: '"' });
  const { data, errors, meta } = parser.parse(text, 0, !last) as Parsed;
  // An error in a record that is not returned may disappear with its other half.
  const error = errors.find(({ row }) => last || (row ?? 0) < data.length);
  if (error) throw new CsvError(`record ${before + (error.row ?? 0) + 1}: ${error.message}`);
  return { records: data.filter((record) => record.length > 1 || record[0] !== ''), cursor: meta.cursor };
}

function newlineOf(text: string): string {
  const end = text.search(/[\r\n]/);
  if (end < 0 || text[end] === '\n') return '\n';
  return text[end + 1] === '\n' ? '\r\n' : '\r';
}

function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
