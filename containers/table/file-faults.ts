import { TableError } from './errors.ts';
import { escapeText } from './escape.ts';

/** Maximum different faults in a message. */
const SHOWN = 3;

/** Collects the faults of several files, for one message on all of them. */
export class FileFaults {
  /** Files by fault. */
  readonly #files = new Map<string, string[]>();

  /**
   * Calls `check`, and keeps the fault that it throws.
   *
   * @param name of the file, with which the messages of its faults begin
   * @returns undefined if there was a fault
   */
  async of<T>(name: string, check: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await check();
    } catch (error) {
      if (!(error instanceof TableError)) throw error;
      const fault = error.message.startsWith(`${name}:`)
        ? error.message.slice(name.length + 1)
        : ` ${error.message}`;
      this.#files.set(fault, [...(this.#files.get(fault) ?? []), name]);
      return undefined;
    }
  }

  /** Throws the faults, if there are any. @throws TableError describing each with its files */
  throwIfAny(): void {
    const all = [...this.#files].map(([fault, names]) => ({ fault, names: names.sort() }));
    if (all.length === 0) return;
    all.sort((a, b) => b.names.length - a.names.length || (a.names[0]! < b.names[0]! ? -1 : 1));
    const more = all.slice(SHOWN).reduce((sum, { names }) => sum + names.length, 0);
    const lines = all.slice(0, SHOWN).map(({ fault, names: [first, ...others] }) => {
      const rest =
        others.length === 0 ? '' : ` and ${others.length} more file${others.length === 1 ? '' : 's'}`;
      return `${escapeText(first!, 200)}${rest}:${fault}`;
    });
    throw new TableError(
      [...lines, ...(more > 0 ? [`and ${more} more files with other faults`] : [])].join('\n'),
    );
  }
}
