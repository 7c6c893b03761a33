import { existsSync } from 'node:fs';
import Module from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { packageRoot } from './package-root';
import type { Project } from './project';

/** File of a project's configuration, in its folder; its default export is a {@link Project}. */
export const CONFIG_FILE = 'mlops.config.ts';

/**
 * Reads the configuration of the project in a folder. The file and what it imports are translated by esbuild each time,
 * so that it needs no build, whatever Node runs it.
 *
 * @throws Error if there is no configuration, or it cannot be read; the project is not validated
 */
export async function loadProject(folder = process.cwd()): Promise<Project> {
  const file = join(resolve(folder), CONFIG_FILE);
  if (!existsSync(file)) {
    throw new Error(
      `there is no ${CONFIG_FILE} in ${resolve(folder)}; run the command in the project's folder`,
    );
  }
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    packages: 'external',
    define: { FOLDER_OF_PACKAGE: JSON.stringify(packageRoot()) },
    logLevel: 'silent',
  }).catch((error: Error) => {
    throw new Error(`${CONFIG_FILE} cannot be read: ${error.message}`);
  });
  const { default: project } = evaluate(outputFiles[0]!.text, file) as { default?: Project };
  if (typeof project !== 'object' || project === null) {
    throw new Error(`${CONFIG_FILE} has no default export; export a Project: its name and its pipelines`);
  }
  return project;
}

/** What Node's own loader of CommonJS does with a file's text. */
interface CompilableModule extends Module {
  _compile(text: string, file: string): unknown;
}

function evaluate(text: string, file: string): unknown {
  const module = new Module(file) as CompilableModule;
  module.filename = file;
  module.paths = (Module as unknown as { _nodeModulePaths(folder: string): string[] })._nodeModulePaths(
    dirname(file),
  );
  module._compile(text, file);
  return module.exports;
}
