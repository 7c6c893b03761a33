import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Returns the Python interpreter with PyTorch, as the set-up finds it.
 *
 * @param command command that installs it, for the error
 */
export async function findPython(command: string): Promise<string> {
  const setup = (await import(pathToFileURL(resolve('scripts', 'setup.mjs')).href)) as {
    findPython(folder: string): string | undefined;
  };
  const python = setup.findPython(resolve('.'));
  if (!python) throw new Error(`no Python with torch and numpy was found; install it with ${command}`);
  return python;
}
