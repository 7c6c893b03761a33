import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Removes the write permission from everything below a folder; this has no effect for root. */
export function lockFolder(folder: string): void {
  setModes(folder, 0o444, 0o555);
}

/** Restores the write permission, so that the folder can be removed. */
export function unlockFolder(folder: string): void {
  if (existsSync(folder)) setModes(folder, 0o644, 0o755);
}

function setModes(folder: string, file: number, directory: number): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) setModes(path, file, directory);
    else chmodSync(path, file);
  }
  chmodSync(folder, directory);
}
