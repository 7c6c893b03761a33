import { access, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { extract } from 'tar';
import { UserError } from './errors.ts';
import { loadModel, type Model } from './model.ts';

const MEMBERS = ['model.json', 'model.onnx'];

/**
 * Loads a model from SageMaker's model.tar.gz; undefined if there is no such file.
 *
 * @throws UserError if it is no archive, or the model in it cannot be used.
 */
export async function loadArchivedModel(file: string): Promise<Model | undefined> {
  try {
    await access(file);
  } catch {
    return undefined;
  }
  const directory = await mkdtemp(path.join(os.tmpdir(), 'model-'));
  try {
    await extract({
      file,
      cwd: directory,
      strict: true,
      filter: (member) => MEMBERS.includes(path.posix.normalize(member)),
    }).catch((error: Error) => {
      throw new UserError(`${path.basename(file)}: cannot be unpacked (${error.message})`);
    });
    return await loadModel(directory);
  } catch (error) {
    if (error instanceof UserError) error.message = `${path.basename(path.dirname(file))}: ${error.message}`;
    throw error;
  } finally {
    await rm(directory, { recursive: true });
  }
}
