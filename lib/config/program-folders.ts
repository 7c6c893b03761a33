import { existsSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import { packageRoot } from './package-root';
import { programEntries } from './programs';
import type { PipelineConfig } from './schema';

/**
 * Checks that the folders of the programs are there.
 *
 * @param project folder of the configuration's file
 * @throws one Error with one line per fault: a folder that is missing, outside of the project, or has no Dockerfile
 */
export function checkProgramFolders(config: PipelineConfig, project = process.cwd()): void {
  const faults = programEntries(config).flatMap(([name, program]) =>
    'folder' in program ? folderFaults(`programs.${name}`, program, project) : [],
  );
  if (faults.length === 0) return;
  throw new Error(
    [`model "${config.model}" is not valid:`, ...faults.map((fault) => `  - ${fault}`)].join('\n'),
  );
}

function folderFaults(
  field: string,
  { folder, context = folder }: { readonly folder: string; readonly context?: string },
  project: string,
): string[] {
  const at = resolve(project, context);
  if (!isInside(at, project) && !isInside(at, packageRoot())) {
    const named = context === folder ? 'folder' : 'context';
    return [
      `${field}.${named} is "${context}"; must be a folder below ${project}, the folder of the configuration: images are built from its files`,
    ];
  }
  if (!isInside(resolve(project, folder), resolve(project, context))) {
    return [`${field}.folder is "${folder}"; must be in ${field}.context, "${context}"`];
  }
  if (!existsSync(resolve(project, folder, 'Dockerfile'))) {
    return [
      `${field}.folder is "${folder}"; must be a folder with a Dockerfile, from the folder of the configuration`,
    ];
  }
  return [];
}

function isInside(inner: string, outer: string): boolean {
  const between = relative(outer, inner);
  return !between.startsWith('..') && !isAbsolute(between);
}
