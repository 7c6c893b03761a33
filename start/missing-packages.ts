import { join } from 'node:path';
import { describeMissing, missingPackages } from 'local-cloud';
import type { PipelineConfig } from '../lib/config';

/**
 * Returns a sentence for each RUN line of the programs' Dockerfiles that installs what this machine does not have: the
 * process engine does not run these lines.
 *
 * @param python the interpreter that replaces those of the images
 */
export async function missingOnThisMachine(
  python: string,
  { programs }: Pick<PipelineConfig, 'programs'>,
): Promise<string[]> {
  const found = await Promise.all(
    Object.values(programs).map(async (program) => {
      if (!('folder' in program)) return [];
      const { folder, context = folder } = program;
      const dockerfile = join(folder, 'Dockerfile');
      const missing = await missingPackages({ dockerfile, context, python });
      return missing.map((each) => `${dockerfile}, ${describeMissing(each)}`);
    }),
  );
  return found.flat();
}
