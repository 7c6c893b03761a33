import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Directories that this process holds. Its id in a file does not show that a second cloud of the same process wants the
 * directory.
 */
const held = new Set<string>();

/**
 * Locks a directory for one local cloud at a time, since two would overwrite each other's documents. The file holds the
 * process's id; the lock of a process that has ended is taken over.
 *
 * @returns a function that releases the lock
 * @throws Error that names the process which holds the lock
 */
export function lockDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'lock');
  const owner = held.has(file) ? process.pid : readOwner(file);
  if (owner !== undefined && (held.has(file) || (owner !== process.pid && isRunning(owner)))) {
    throw new Error(
      `The state directory ${directory} is in use by process ${owner}; stop that process or choose another directory.`,
    );
  }
  rmSync(file, { force: true });
  writeFileSync(file, String(process.pid), { flag: 'wx' });
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

function readOwner(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
