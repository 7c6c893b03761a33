import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Defined where these sources are bundled into a configuration: what is evaluated then lies in the project's folder. */
declare const FOLDER_OF_PACKAGE: string | undefined;

/** Name of this package, in its own `package.json`. */
const NAME = 'sagemaker-mlops-pipeline';

/**
 * Returns the folder of this package: the repository, or where a project has installed it. Bundles and sources lie at
 * different depths, so the way is up to the package's own `package.json`.
 */
export function packageRoot(): string {
  for (
    let folder = typeof FOLDER_OF_PACKAGE === 'string' ? FOLDER_OF_PACKAGE : __dirname;
    ;
    folder = dirname(folder)
  ) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest)) {
      const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string };
      if (name === NAME) return folder;
    }
    if (folder === dirname(folder)) throw new Error(`no folder above ${__dirname} is the package ${NAME}`);
  }
}

/** Returns the path of a folder or file of this package from the working folder, which is the project's. */
export function ofPackage(path: string): string {
  return relative('', join(packageRoot(), path));
}
