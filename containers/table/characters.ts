import { TableError } from './errors.ts';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/**
 * Returns the encoding of a text: by its byte order mark; by zero bytes, every other one in Latin text in UTF-16; UTF-8
 * if it is valid; else Windows-1252, which contains Latin-1's letters.
 *
 * @param bytes the start of the file; it may end inside of a character
 * @throws TableError if the file is not text
 */
export function detectEncoding(bytes: Uint8Array, name: string): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const sample = bytes.subarray(0, 1024);
  if (sample.includes(0)) {
    const zeros = [0, 0];
    sample.forEach((byte, index) => byte === 0 && zeros[index % 2]!++);
    if (zeros[1]! > 4 * zeros[0]!) return 'utf-16le';
    if (zeros[0]! > 4 * zeros[1]!) return 'utf-16be';
    throw new TableError(`${name}: holds zero bytes, so it is not text; save the table as CSV in UTF-8`);
  }
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return 'utf-8';
  } catch {
    refuseMixture(bytes, name);
    return 'windows-1252';
  }
}

/**
 * Share of the characters beyond ASCII: with a smaller share of UTF-8 they are letters of Windows-1252 that look like
 * it.
 */
const MIXED = 0.1;
const UTF8_CHARACTERS =
  /[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|([\x80-\xff])/g;

/** Refuses a mixture, usually two files in one. @throws TableError if some characters are UTF-8 and others are not */
function refuseMixture(bytes: Uint8Array, name: string): void {
  const text = Buffer.from(bytes).toString('latin1');
  let [whole, strays, at] = [0, 0, 0];
  for (const { 1: stray, index } of text.matchAll(UTF8_CHARACTERS)) {
    if (stray === undefined) whole++;
    else if (strays++ === 0) at = index;
  }
  if (whole === 0 || whole < MIXED * (whole + strays)) return;
  const line = text.slice(0, at).split(/\r\n|\r|\n/).length;
  throw new TableError(
    `${name}: mixes encodings: line ${line} is not UTF-8, as other lines are; save the whole file as UTF-8`,
  );
}

/** Decodes the start of a text, without its byte order mark. A cut character at the end is left out. */
export function decodeStart(bytes: Uint8Array, encoding: Encoding): string {
  return new TextDecoder(encoding).decode(bytes, { stream: true });
}
