import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../lib/config/package-root';

/**
 * Returns the Python interpreter that has what the programs import, as the set-up finds it.
 *
 * @param command command that installs it, for the error
 */
export async function findPython(command: string): Promise<string> {
  const setup = (await import(pathToFileURL(join(packageRoot(), 'scripts', 'setup.mjs')).href)) as {
    findPython(folder: string): string | undefined;
  };
  const python = setup.findPython(resolve('.'));
  if (!python)
    throw new Error(
      `no Python has the modules of mlops.python in package.json; install them with ${command}`,
    );
  return python;
}
