import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const FLUSH_AFTER_MS = 200;

/**
 * Small JSON documents in the state directory, one file each. Callers change a document in place and then call
 * `changed()`; it is written soon after, or at once by `flush()`. A write goes to a temporary file, which is then
 * renamed, so a crash leaves the old document or the new one.
 */
export class Stores {
  private readonly open = new Map<string, Store<object>>();
  private timer: NodeJS.Timeout | undefined;
  private readonly dirty = new Set<Store<object>>();

  constructor(private readonly directory: string) {}

  /** Returns the document `<directory>/<name>.json`, or `initial` if it does not exist. */
  store<T extends object>(name: string, initial: () => T): Store<T> {
    const known = this.open.get(name);
    if (known) return known as Store<T>;
    const file = join(this.directory, `${name}.json`);
    const store = new Store<T>(file, readJson<T>(file) ?? initial(), (changed) => this.schedule(changed));
    this.open.set(name, store);
    return store;
  }

  /** Drops a document and removes its file. */
  remove(name: string): void {
    const store = this.open.get(name);
    if (store) this.dirty.delete(store);
    this.open.delete(name);
    rmSync(join(this.directory, `${name}.json`), { force: true });
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const store of this.dirty) store.write();
    this.dirty.clear();
  }

  private schedule(store: Store<object>): void {
    this.dirty.add(store);
    this.timer ??= setTimeout(() => this.flush(), FLUSH_AFTER_MS).unref();
  }
}

export class Store<T extends object> {
  constructor(
    private readonly file: string,
    readonly data: T,
    private readonly announce: (store: Store<object>) => void,
  ) {}

  /** Marks `data` as changed. */
  changed(): void {
    this.announce(this);
  }

  write(): void {
    mkdirSync(dirname(this.file), { recursive: true });
    const temporary = `${this.file}.tmp`;
    writeFileSync(temporary, JSON.stringify(this.data));
    renameSync(temporary, this.file);
  }
}

function readJson<T>(file: string): T | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new Error(
      `The local cloud's state in ${file} is not readable JSON (${String(error)}). Remove the state directory to start with an empty cloud.`,
    );
  }
}
