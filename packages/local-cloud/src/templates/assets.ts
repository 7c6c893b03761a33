import { zipSync } from 'fflate';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Cloud } from '../core/cloud';
import type { Caller } from '../core/service';
import { fillPlaceholders, type AssetFile } from './assembly';

/** Uploads the files that the bootstrap bucket does not have: keys are content hashes. */
export async function publish(cloud: Cloud, caller: Caller, files: readonly AssetFile[]): Promise<void> {
  for (const file of files) {
    for (const destination of file.destinations) {
      const Bucket = fillPlaceholders(destination.bucketName, cloud);
      const Key = fillPlaceholders(destination.objectKey, cloud);
      const { KeyCount = 0 } = await cloud.call('s3', 'ListObjectsV2', { Bucket, Prefix: Key }, caller);
      if (KeyCount > 0) continue;
      const Body = file.packaging === 'zip' ? zipFolder(file.path) : readFileSync(file.path);
      await cloud.call('s3', 'PutObject', { Bucket, Key, Body }, caller);
    }
  }
}

/** Zips a folder without compression: the asset is unpacked immediately on this machine. */
function zipFolder(folder: string): Uint8Array {
  if (statSync(folder).isFile()) return readFileSync(folder);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return zipSync(Object.fromEntries(files.map((file) => [relative(folder, file), readFileSync(file)])), {
    level: 0,
  });
}
