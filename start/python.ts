import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * The interpreter with PyTorch. The set-up found it a moment ago, in the same way.
 *
 * @param command what to run where there is none
 */
export async function findPython(command: string): Promise<string> {
  const setup = (await import(pathToFileURL(resolve('scripts', 'setup.mjs')).href)) as {
    findPython(folder: string): string | undefined;
  };
  const python = setup.findPython(resolve('.'));
  if (!python) throw new Error(`no Python with torch and numpy was found; run ${command}, which installs it`);
  return python;
}
