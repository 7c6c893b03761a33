import { join } from 'node:path';
import {
  changesWrite,
  DocumentWriter,
  memberOf,
  readDocument,
  removeDocument,
  wholeWrite,
  type DocumentState,
  type DocumentWrite,
} from './documents';

const FLUSH_AFTER_MS = 200;

/**
 * JSON documents in the state directory, one file each. Callers change a document in place and then call `changed()`.
 * {@link Stores.commit} writes all such changes, all of them or none; the cloud calls it before it answers a request, so a
 * process that is killed loses nothing that was answered.
 */
export class Stores {
  private readonly open = new Map<string, Store<object>>();
  private timer: NodeJS.Timeout | undefined;
  private readonly urgent = new Set<Store<object>>();
  private readonly later = new Set<Store<object>>();
  private readonly writer: DocumentWriter;
  private afterwards: (() => void)[] = [];

  constructor(private readonly directory: string) {
    this.writer = new DocumentWriter(directory);
  }

  /** Returns the document `<directory>/<name>.json`, or `initial` if it does not exist. */
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
    removeDocument(this.file(name));
  }

  /** Writes the changes that an answer may tell of. @throws Error of the file system; the next call writes them */
  commit(): void {
    this.write(this.urgent);
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
    this.write(this.later);
  }

  private write(stores: Set<Store<object>>): void {
    const all = [...stores];
    this.writer.write(all.map((store) => store.pending()));
    for (const store of all) {
      store.written();
      stores.delete(store);
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
  /** The written document; undefined: to be written as a whole. */
  private onDisk: DocumentState | undefined;
  private readonly parts = new Map<string, readonly string[]>();
  private prepared: DocumentState | undefined;

  constructor(
    private readonly file: string,
    initial: () => T,
    private readonly announce: (store: Store<object>, soon: boolean) => void,
  ) {
    const found = readDocument<T>(file);
    this.data = found?.data ?? initial();
    this.onDisk = found?.state;
  }

  /**
   * Marks `data` as changed, to be written before the cloud answers.
   *
   * @param path of the member that changed, such as `'objects', key`; by default, the whole document. Only that member is
   *   written, which matters in documents of many members.
   */
  changed(...path: string[]): void {
    if (path.length === 0) this.onDisk = undefined;
    else this.parts.set(JSON.stringify(path), path);
    this.announce(this, true);
  }

  /** Marks `data` as changed, to be written soon: what happens at each request and may be lost, such as a measurement. */
  changedSlightly(): void {
    this.onDisk = undefined;
    this.announce(this, false);
  }

  /** Returns the write of all changes. */
  pending(): DocumentWrite {
    const changes = [...this.parts.values()].map((path) => [path, memberOf(this.data, path)] as const);
    const { write, after } =
      (this.onDisk && changesWrite(this.file, this.onDisk, changes)) ??
      wholeWrite(this.file, JSON.stringify(this.data));
    this.prepared = after;
    return write;
  }

  /** Notes that {@link pending} was written. */
  written(): void {
    this.onDisk = this.prepared;
    this.parts.clear();
  }
}
