import { statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { extract } from 'tar';

const GIB = 2 ** 30;
/** Weights compress to a half or a tenth; gzip's limit is 1,032 to 1, which only a file that was made for it reaches. */
const MAX_RATIO = 100;

/**
 * Unpacks a `.tar.gz` into an existing folder.
 *
 * @throws Error if a member is outside of the folder, or the members have more than 1 GiB and more than 100 times the
 * size of the archive; then the folder is deleted
 */
export async function unpack(file: string, folder: string): Promise<void> {
  const limit = Math.max(GIB, MAX_RATIO * statSync(file).size);
  let size = 0;
  let problem: string | undefined;
  await extract({
    file,
    cwd: folder,
    filter: (member, entry) => {
      size += entry.size ?? 0;
      if (leaves(member)) problem ??= `its member '${member}' is outside of the archive's folder`;
      if (size > limit)
        problem ??= `its members have more than ${limit} bytes, which is more than 1 GiB and than ${MAX_RATIO} times its size`;
      return problem === undefined;
    },
  }).catch((error: Error) => {
    if (problem === undefined) throw error;
  });
  if (problem === undefined) return;
  await rm(folder, { recursive: true, force: true });
  throw new Error(`the archive is refused: ${problem}`);
}

function leaves(member: string): boolean {
  return member.startsWith('/') || member.split('/').includes('..');
}
