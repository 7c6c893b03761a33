import { TableError } from './errors.ts';
import { escapeText } from './escape.ts';

/** Different faults that a message describes. */
const SHOWN = 3;

/** Collects what is wrong with several files, so that one message says it of all. */
export class FileFaults {
  /** Files by what is wrong with them. */
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

  /** @throws TableError describing the faults, each with the files that have it, if there is any */
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
