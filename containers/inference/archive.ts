import { access, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { extract } from 'tar';
import { UserError } from './errors.ts';
import { loadModel, type Model } from './model.ts';

/** Training's own answers to the first validation rows, next to the model. */
export const ANSWERS_FILE = 'validation-answers.npy';
const MEMBERS = ['model.json', 'model.onnx', ANSWERS_FILE];

/**
 * Unpacks SageMaker's model.tar.gz into `directory` and loads the model; returns undefined if there is no such file.
 *
 * @param threads for the model's computation
 * @throws UserError if it is not an archive, or the model in it cannot be used
 */
export async function loadArchivedModel(
  file: string,
  directory: string,
  threads: number,
): Promise<Model | undefined> {
  try {
    await access(file);
  } catch {
    return undefined;
  }
  await mkdir(directory, { recursive: true });
  try {
    await extract({
      file,
      cwd: directory,
      strict: true,
      filter: (member) => MEMBERS.includes(path.posix.normalize(member)),
    }).catch((error: Error) => {
      throw new UserError(`${path.basename(file)}: cannot be unpacked (${error.message})`);
    });
    return await loadModel(directory, threads);
  } catch (error) {
    if (error instanceof UserError) error.message = `${path.basename(path.dirname(file))}: ${error.message}`;
    throw error;
  }
}
