import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, truncateSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { appendWhole, readIfPresent, replaceFile } from './files';

/** Characters of changes after which a document is written as a whole, if the document itself is not longer. */
const MIN_CHANGES = 256 * 1024;

/** A document on disk: a JSON file, and a file of later changes beside it. */
export interface DocumentState {
  /** Of the JSON file. The changes name it: those of an earlier file count no more. */
  readonly digest: string;
  readonly length: number;
  /** Bytes of the changes; 0 if there are none, or only those of an earlier file. */
  readonly changes: number;
}

/** A write of a whole document, or of changes after an offset of their file: made twice, it is the same. */
export type DocumentWrite =
  | { readonly file: string; readonly whole: string }
  | { readonly file: string; readonly changes: string; readonly offset: number };

interface Prepared {
  readonly write: DocumentWrite;
  /** The document once it is written. */
  readonly after: DocumentState;
}

/** A member's path, and its value; undefined: removed. */
export type Change = readonly [path: readonly string[], value: unknown];

export function wholeWrite(file: string, text: string): Prepared {
  return {
    write: { file, whole: text },
    after: { digest: digestOf(text), length: text.length, changes: 0 },
  };
}

/** @returns undefined if the document is better written as a whole */
export function changesWrite(
  file: string,
  state: DocumentState,
  changes: readonly Change[],
): Prepared | undefined {
  const lines = [...(state.changes === 0 ? [{ of: state.digest }] : []), ...changes];
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const after = { ...state, changes: state.changes + Buffer.byteLength(text) };
  if (after.changes > Math.max(MIN_CHANGES, state.length)) return undefined;
  return { write: { file, changes: text, offset: state.changes }, after };
}

/** @throws Error that names the file if it is not JSON */
export function readDocument<T>(file: string): { data: T; state: DocumentState } | undefined {
  const text = readIfPresent(file);
  if (text === undefined) return undefined;
  const data = parse<T>(file, text);
  const digest = digestOf(text);
  // Text after the last line's end is a line that was not written to its end, and so was not answered.
  const lines = (readIfPresent(changesFile(file)) ?? '').split('\n').slice(0, -1);
  const [head, ...changes] = lines.map((line) => JSON.parse(line) as unknown);
  if ((head as { of?: string } | undefined)?.of !== digest)
    return { data, state: { digest, length: text.length, changes: 0 } };
  for (const [path, value] of changes as Change[]) setMember(data as object, path, value);
  const bytes = Buffer.byteLength(lines.map((line) => `${line}\n`).join(''));
  return { data, state: { digest, length: text.length, changes: bytes } };
}

export function removeDocument(file: string): void {
  for (const each of [file, changesFile(file)]) rmSync(each, { force: true });
}

/**
 * Writes documents of a directory: all of a write or none. Several writes are first written to one file; a process that
 * finds it makes them again.
 */
export class DocumentWriter {
  private readonly intent: string;
  /** True while the file may be there, such as after a write for which the disk had no room. */
  private pending = false;

  constructor(private readonly directory: string) {
    this.intent = join(directory, 'writing');
    const text = readIfPresent(this.intent);
    if (text === undefined) return;
    for (const write of JSON.parse(text) as DocumentWrite[])
      perform({ ...write, file: join(directory, write.file) });
    rmSync(this.intent);
  }

  /** @throws Error of the file system; then all of the writes have to be made again, with or without others */
  write(writes: readonly DocumentWrite[]): void {
    if (writes.length > 1 || this.pending) {
      const relatives = writes.map((write) => ({ ...write, file: relative(this.directory, write.file) }));
      mkdirSync(this.directory, { recursive: true });
      replaceFile(this.intent, JSON.stringify(relatives));
      this.pending = true;
    }
    for (const write of writes) perform(write);
    if (this.pending) rmSync(this.intent);
    this.pending = false;
  }
}

function perform(write: DocumentWrite): void {
  mkdirSync(dirname(write.file), { recursive: true });
  const changes = changesFile(write.file);
  if ('whole' in write) {
    replaceFile(write.file, write.whole);
    if (existsSync(changes)) rmSync(changes);
    return;
  }
  // What is there after the offset is a part of this write, or belongs to an earlier file.
  if (existsSync(changes)) truncateSync(changes, write.offset);
  appendWhole(changes, write.changes);
}

export function memberOf(data: object, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) =>
      value !== undefined && Object.hasOwn(value as object, name)
        ? (value as Record<string, unknown>)[name]
        : undefined,
    data,
  );
}

/** @param value undefined (in JSON: null) removes the member */
function setMember(data: object, path: readonly string[], value: unknown): void {
  const parent = memberOf(data, path.slice(0, -1)) as Record<string, unknown> | undefined;
  const name = path.at(-1)!;
  if (!parent) return;
  if (value === null) delete parent[name];
  else Object.defineProperty(parent, name, { value, enumerable: true, configurable: true, writable: true });
}

function changesFile(file: string): string {
  return `${file}.changes`;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function parse<T>(file: string, text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new Error(
      `The local cloud's state in ${file} is not readable JSON (${String(error)}). Remove the state directory to start with an empty cloud.`,
    );
  }
}
