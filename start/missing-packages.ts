import { join } from 'node:path';
import { describeMissing, missingPackages, type EngineName } from 'local-cloud';
import type { PipelineConfig } from '../lib/config';
import { programEntries } from '../lib/config/programs';

/**
 * Returns a sentence for each RUN line of the programs' Dockerfiles that installs what this machine does not have: the
 * process engine does not run these lines.
 *
 * @param python the interpreter that replaces those of the images
 */
export async function missingOnThisMachine(
  python: string,
  config: Pick<PipelineConfig, 'programs'>,
): Promise<string[]> {
  const found = await Promise.all(
    programEntries(config).map(async ([, program]) => {
      if (!('folder' in program)) return [];
      const { folder, context = folder } = program;
      const dockerfile = join(folder, 'Dockerfile');
      const missing = await missingPackages({ dockerfile, context, python });
      return missing.map((each) => `${dockerfile}, ${describeMissing(each)}`);
    }),
  );
  return found.flat();
}

/**
 * Refuses prebuilt images with the process engine, which runs the programs of a Dockerfile: an image has none.
 *
 * @throws Error with a line for each of them, and what to do
 */
export function requireFolders(config: Pick<PipelineConfig, 'programs'>, engine: EngineName): void {
  if (engine !== 'process') return;
  const prebuilt = programEntries(config).flatMap(([name, program]) =>
    'folder' in program
      ? []
      : [`programs.${name} is ${JSON.stringify(program)}, a prebuilt image without a Dockerfile`],
  );
  if (prebuilt.length === 0) return;
  throw new Error(
    [
      ...prebuilt,
      'The process engine runs programs from folders only. Where a Docker engine answers, it runs prebuilt images: npm start -- --engine docker',
    ].join('\n'),
  );
}
