import { access, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { extract } from 'tar';
import { UserError } from './errors.ts';
import { loadModel, type Model } from './model.ts';

/** Training's own answers to the first validation rows, next to the model. */
export const ANSWERS_FILE = 'validation-answers.npy';
/** Protobuf, and so an ONNX model, has at most 2 GiB (protobuf.dev, "Total size of the message"). */
const MAX_MEMBER_BYTES = 2 * 2 ** 30;
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
  let tooLarge: string | undefined;
  try {
    await extract({
      file,
      cwd: directory,
      strict: true,
      filter: (member, { size = 0 }) => {
        if (!MEMBERS.includes(path.posix.normalize(member))) return false;
        if (size > MAX_MEMBER_BYTES)
          tooLarge ??= `${member} has ${size} bytes; at most ${MAX_MEMBER_BYTES} are allowed`;
        return tooLarge === undefined;
      },
    }).catch((error: Error) => {
      if (tooLarge === undefined)
        throw new UserError(`${path.basename(file)}: cannot be unpacked (${error.message})`);
    });
    if (tooLarge !== undefined) throw new UserError(`${path.basename(file)}: is not unpacked: ${tooLarge}`);
    return await loadModel(directory, threads);
  } catch (error) {
    if (error instanceof UserError) error.message = `${path.basename(path.dirname(file))}: ${error.message}`;
    throw error;
  }
}
