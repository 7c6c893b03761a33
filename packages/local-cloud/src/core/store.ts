import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createHash } from 'node:crypto';
import { appendWhole, readIfPresent, replaceFile } from './files';

const FLUSH_AFTER_MS = 200;

/** Bytes of changes after which a document is written as a whole, if the document itself is not larger. */
const MIN_CHANGES = 256 * 1024;

/**
 * JSON documents in the state directory, one file each. Callers change a document in place and then call `changed()`.
 * {@link Stores.commit} writes all such changes; the cloud calls it before it answers a request, so a process that is
 * killed loses nothing that was answered. No file is ever half written: a document goes to a temporary file that is
 * renamed, and a change of a part of it is a line of a file beside it, of which a last line without its end is ignored.
 */
export class Stores {
  private readonly open = new Map<string, Store<object>>();
  private timer: NodeJS.Timeout | undefined;
  private readonly urgent = new Set<Store<object>>();
  private readonly later = new Set<Store<object>>();
  private afterwards: (() => void)[] = [];

  constructor(private readonly directory: string) {}

  /**
   * Returns the document `<directory>/<name>.json`, or `initial` if it does not exist.
   */
  store<T extends object>(name: string, initial: () => T): Store<T> {
    const known = this.open.get(name);
    if (known) return known as Store<T>;
    const store = new Store<T>(this.file(name), initial, (changed, soon) => this.note(changed, soon));
    this.open.set(name, store);
    return store;
  }

  /** Drops a document and removes its file. */
  remove(name: string): void {
    const store = this.open.get(name);
    if (store) for (const set of [this.urgent, this.later]) set.delete(store);
    this.open.delete(name);
    for (const file of filesOf(this.file(name))) rmSync(file, { force: true });
  }

  /** Writes the changes that an answer may tell of. @throws Error of the file system; the next call writes them */
  commit(): void {
    for (const store of this.urgent) {
      store.write();
      this.urgent.delete(store);
      this.later.delete(store);
    }
    const due = this.afterwards;
    this.afterwards = [];
    for (const each of due) each();
  }

  /** Runs something when all changes so far are written, such as the removal of a file that no document names any more. */
  afterCommit(work: () => void): void {
    this.afterwards.push(work);
  }

  /** Writes all changes. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.commit();
    for (const store of this.later) {
      store.write();
      this.later.delete(store);
    }
  }

  private file(name: string): string {
    return join(this.directory, `${name}.json`);
  }

  private note(store: Store<object>, soon: boolean): void {
    (soon ? this.urgent : this.later).add(store);
    this.timer ??= setTimeout(() => this.flushInBackground(), FLUSH_AFTER_MS).unref();
  }

  /** A full disk fails the requests that need it, not the process: the changes stay, and are written once there is room. */
  private flushInBackground(): void {
    try {
      this.flush();
    } catch {
      this.timer = setTimeout(() => this.flushInBackground(), FLUSH_AFTER_MS).unref();
    }
  }
}

export class Store<T extends object> {
  readonly data: T;
  /** Digest of the written document, which the changes beside it belong to; undefined: to be written as a whole. */
  private digest: string | undefined;
  private bytes = 0;
  private changeBytes = 0;
  private readonly parts = new Map<string, readonly string[]>();

  constructor(
    private readonly file: string,
    initial: () => T,
    private readonly announce: (store: Store<object>, soon: boolean) => void,
  ) {
    const text = readIfPresent(file);
    this.data = text === undefined ? initial() : parse<T>(file, text);
    if (text === undefined) return;
    this.bytes = text.length;
    this.digest = digestOf(text);
    this.readChanges();
  }

  /**
   * Marks `data` as changed, to be written before the cloud answers.
   *
   * @param path of the member that changed, such as `'objects', key`; by default, the whole document. Only that member is
   *   written, which matters in documents of many members.
   */
  changed(...path: string[]): void {
    if (path.length === 0) this.digest = undefined;
    else this.parts.set(JSON.stringify(path), path);
    this.announce(this, true);
  }

  /** Marks `data` as changed, to be written soon: what happens at each request and may be lost, such as a measurement. */
  changedSlightly(): void {
    this.digest = undefined;
    this.announce(this, false);
  }

  write(): void {
    mkdirSync(dirname(this.file), { recursive: true });
    if (this.digest === undefined || !this.appendParts()) this.writeWhole();
    this.parts.clear();
  }

  private writeWhole(): void {
    const text = JSON.stringify(this.data);
    replaceFile(this.file, text);
    this.digest = digestOf(text);
    this.bytes = text.length;
    // Changes of the document before: their digest is another one, so they count no more, removed or not.
    if (this.changeBytes > 0) rmSync(changesFile(this.file), { force: true });
    this.changeBytes = 0;
  }

  /** @returns false if the document is to be written as a whole instead */
  private appendParts(): boolean {
    const lines = [...this.parts.values()].map((path) => JSON.stringify([path, memberOf(this.data, path)]));
    const head = this.changeBytes === 0 ? `${JSON.stringify({ of: this.digest })}\n` : '';
    const text = `${head}${lines.join('\n')}\n`;
    if (this.changeBytes + text.length > Math.max(MIN_CHANGES, this.bytes)) return false;
    const file = changesFile(this.file);
    if (head) rmSync(file, { force: true });
    appendWhole(file, text);
    this.changeBytes += text.length;
    return true;
  }

  private readChanges(): void {
    const lines = (readIfPresent(changesFile(this.file)) ?? '').split('\n');
    // Text after the last line's end is a line that was not written to its end, and so was not answered.
    const torn = lines.pop() !== '';
    const [head, ...changes] = lines;
    if (head === undefined) return;
    if ((JSON.parse(head) as { of: string }).of !== this.digest) return;
    for (const line of changes) {
      const [path, value] = JSON.parse(line) as [string[], unknown];
      setMember(this.data, path, value);
    }
    this.changeBytes = lines.join('\n').length + 1;
    if (torn) this.digest = undefined;
  }
}

function memberOf(data: object, path: readonly string[]): unknown {
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

function filesOf(file: string): string[] {
  return [file, changesFile(file)];
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
