import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readIfPresent } from './files';

/**
 * Directories that this process holds. Its id in a file does not show that a second cloud of the same process wants the
 * directory.
 */
const held = new Set<string>();

/**
 * Locks a directory for one local cloud at a time, since two would overwrite each other's documents. The file holds the
 * process's id and, on Linux, the time of its start: another process may have the id of one that was killed. The lock of a
 * process that has ended is taken over.
 *
 * @returns a function that releases the lock
 * @throws Error that names the process which holds the lock
 */
export function lockDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'lock');
  const owner = held.has(file) ? { pid: process.pid } : readOwner(file);
  if (owner !== undefined && (held.has(file) || isRunning(owner))) {
    throw new Error(
      `The state directory ${directory} is in use by process ${owner.pid}; stop that process or choose another directory.`,
    );
  }
  rmSync(file, { force: true });
  writeFileSync(file, [process.pid, startOf(process.pid) ?? ''].join(' ').trim(), { flag: 'wx' });
  held.add(file);
  return () => {
    if (held.delete(file)) rmSync(file, { force: true });
  };
}

/**
 * Removes a state directory with its contents.
 *
 * @throws Error if a local cloud is using it
 */
export function removeState(directory: string): void {
  lockDirectory(directory)();
  rmSync(directory, { recursive: true, force: true });
}

interface Owner {
  readonly pid: number;
  /** Undefined where the system does not tell it. */
  readonly start?: string;
}

function readOwner(file: string): Owner | undefined {
  const [pid, start] = readIfPresent(file)?.split(' ') ?? [];
  return Number(pid) ? { pid: Number(pid), start } : undefined;
}

function isRunning({ pid, start }: Owner): boolean {
  if (pid === process.pid) return false;
  const now = startOf(pid);
  if (start !== undefined && now !== undefined) return start === now;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Returns when a process started, in ticks since the machine did: the 22nd field of its `stat`, the 20th after the name. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
