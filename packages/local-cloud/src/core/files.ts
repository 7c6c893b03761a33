import {
  appendFileSync,
  readFileSync,
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

/** Appends all of a text or, on an error such as a full disk, nothing. Only a crash can leave a part of it. */
export function appendWhole(file: string, text: string): void {
  const before = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  try {
    appendFileSync(file, text);
  } catch (error) {
    if (statSync(file, { throwIfNoEntry: false })) truncateSync(file, before);
    throw error;
  }
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
