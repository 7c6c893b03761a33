import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Takes the right to write from everything below a folder, for whoever is not root. */
export function lockFolder(folder: string): void {
  setModes(folder, 0o444, 0o555);
}

/** So that it can be removed. */
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
