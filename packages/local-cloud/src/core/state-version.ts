import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readIfPresent, replaceFile } from './files';

/**
 * The version of the state directory's files. 1: documents. 2: documents with files of changes beside them, which a local
 * cloud that knows version 1 only would leave out.
 */
const VERSION = 2;

/**
 * Marks a state directory with its version. The files of older versions are read as they are.
 *
 * @throws Error if the state is of a newer version, before anything in it is changed
 */
export function checkStateVersion(directory: string): void {
  const file = join(directory, 'version');
  const text = readIfPresent(file)?.trim();
  const found = text ?? (existsSync(join(directory, 'state')) ? '1' : String(VERSION));
  if (!/^[1-9]\d*$/.test(found) || Number(found) > VERSION) {
    throw new Error(
      `The state directory ${directory} has version "${found}"; this local cloud reads versions 1 to ${VERSION}. Start the local cloud that wrote it, or choose another directory.`,
    );
  }
  if (text !== String(VERSION)) replaceFile(file, String(VERSION));
}
