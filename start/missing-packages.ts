import { join } from 'node:path';
import { describeMissing, missingPackages } from 'local-cloud';
import { IMAGES } from '../lib/contract/environment';

/** The build context of all images. */
const CONTEXT = 'containers';

/**
 * Returns a sentence for each RUN line of the containers' Dockerfiles that installs what this machine does not have: the
 * process engine does not run these lines.
 *
 * @param python the interpreter that replaces those of the images
 */
export async function missingOnThisMachine(python: string): Promise<string[]> {
  const found = await Promise.all(
    IMAGES.map(async (name) => {
      const dockerfile = join(CONTEXT, name, 'Dockerfile');
      const missing = await missingPackages({ dockerfile, context: CONTEXT, python });
      return missing.map((each) => `${dockerfile}, ${describeMissing(each)}`);
    }),
  );
  return found.flat();
}
