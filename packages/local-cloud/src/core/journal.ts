import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { cutTornLine } from './files';
import { fullDisk } from './full-disk';
import type { Permission } from './service';

/** One call of an operation. */
export interface JournalEntry {
  /** ISO 8601. */
  time: string;
  principal: string;
  service: string;
  operation: string;
  permissions: readonly Permission[];
  /** `ok`, or the code of the error. */
  outcome: string;
  message?: string;
  /** The operation's duration in milliseconds. */
  ms: number;
  requestId: string;
}

/** Keeps the latest calls in memory, and optionally writes all calls to a file as JSON lines. */
export class Journal {
  private readonly ring: JournalEntry[] = [];
  private pending: string[] = [];
  private begun = false;
  private writing: Promise<void> | undefined;

  constructor(
    private readonly file?: string,
    private readonly capacity = 5000,
  ) {}

  add(entry: JournalEntry): void {
    this.ring.push(entry);
    if (this.ring.length > this.capacity) this.ring.splice(0, this.ring.length - this.capacity);
    if (this.file === undefined) return;
    this.pending.push(`${JSON.stringify(entry)}\n`);
    this.writing ??= this.write(this.file)
      // Without room on the disk the calls go on, and this record of them has a gap.
      .catch((error: unknown) => {
        if (!fullDisk(error, this.file!)) throw error;
      })
      .finally(() => (this.writing = undefined));
  }

  /** Returns the calls in memory, oldest first. */
  entries(): readonly JournalEntry[] {
    return this.ring;
  }

  /** Resolves when every entry is in the file. */
  async flush(): Promise<void> {
    while (this.writing) await this.writing;
  }

  private async write(file: string): Promise<void> {
    await mkdir(dirname(file), { recursive: true });
    // That of a process which was killed.
    if (!this.begun) cutTornLine(file);
    this.begun = true;
    while (this.pending.length > 0) {
      const lines = this.pending.join('');
      this.pending = [];
      await appendFile(file, lines);
    }
  }
}
