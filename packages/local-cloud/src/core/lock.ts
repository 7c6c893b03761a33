import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Directories that this process holds: its own id in a file says nothing about a second cloud in it. */
const held = new Set<string>();

/**
 * Keeps a directory for one local cloud at a time, since two would overwrite each other's documents. The file holds
 * the process's id; one left by a process that is gone is taken over.
 *
 * @returns what gives the directory free again
 * @throws Error that names the process which has it
 */
export function lockDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'lock');
  const owner = held.has(file) ? process.pid : readOwner(file);
  if (owner !== undefined && (held.has(file) || (owner !== process.pid && isRunning(owner)))) {
    throw new Error(
      `The state directory ${directory} is in use by process ${owner}; end that one or choose another directory.`,
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
 * Removes a state directory and everything in it.
 *
 * @throws Error where a local cloud is using it
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
