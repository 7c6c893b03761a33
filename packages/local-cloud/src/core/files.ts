import {
  appendFileSync,
  closeSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';

/** Returns a file's text; undefined if it does not exist. */
export function readIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes a file so that a crash leaves the old one or the new one. */
export function replaceFile(file: string, text: string): void {
  const temporary = `${file}.tmp`;
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, file);
  } catch (error) {
    // On a full disk, its bytes are needed.
    rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * Appends lines: all of them or, on an error such as a full disk, none. Only a crash can leave a part of one, which the
 * next call removes.
 */
export function appendWhole(file: string, text: string): void {
  const before = cutTornLine(file);
  try {
    appendFileSync(file, text);
  } catch (error) {
    if (statSync(file, { throwIfNoEntry: false })) truncateSync(file, before);
    throw error;
  }
}

/**
 * Removes a last line without its end, which a crash left.
 *
 * @returns the file's size
 */
export function cutTornLine(file: string): number {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0 || lastByte(file, size) === NEWLINE) return size;
  const end = readFileSync(file).lastIndexOf(NEWLINE) + 1;
  truncateSync(file, end);
  return end;
}

const NEWLINE = 10;

function lastByte(file: string, size: number): number {
  const byte = Buffer.alloc(1);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, byte, 0, 1, size - 1);
  } finally {
    closeSync(descriptor);
  }
  return byte[0]!;
}

/**
 * Returns the values of a file with one JSON value a line. A last line without its end is that of a process which was
 * killed while it wrote: it is left out.
 */
export function parseLines<T>(text: string): T[] {
  return text
    .split('\n')
    .slice(0, -1)
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}
