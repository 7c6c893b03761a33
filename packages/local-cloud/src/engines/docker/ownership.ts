import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { docker } from './docker-cli';

/**
 * Makes the files of a folder this user's. SageMaker's containers run as root, and what they wrote is read, uploaded
 * and removed by this process. A container of the same image changes the owner: only the engine may.
 *
 * @param imageId an image with a shell
 * @throws DockerError if the image has no `chown`
 */
export async function takeOwnership(folder: string, imageId: string): Promise<void> {
  const user = process.getuid?.() ?? 0;
  if (user === 0 || !hasFilesOfOthers(folder, user)) return;
  const owner = `${user}:${process.getgid!()}`;
  await docker([
    ...['run', '--rm', '--network', 'none', '--user', '0', '--volume', `${folder}:/folder`],
    ...['--entrypoint', 'chown', imageId, '--recursive', '--no-dereference', owner, '/folder'],
  ]);
}

function hasFilesOfOthers(folder: string, user: number): boolean {
  if (lstatSync(folder).uid !== user) return true;
  return readdirSync(folder, { withFileTypes: true }).some((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? hasFilesOfOthers(path, user) : lstatSync(path).uid !== user;
  });
}
