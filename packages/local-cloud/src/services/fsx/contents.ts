import type { DataRepositoryAssociation } from '@aws-sdk/client-fsx';
import type { _Object } from '@aws-sdk/client-s3';
import { join } from 'node:path';
import type { Cloud } from '../../core/cloud';
import type { Caller } from '../../core/service';
import { parseS3Uri, Transfer, type Location } from '../../jobs/s3-transfer';
import { ServiceRoles } from './service-roles';
import type { FileSystems } from './state';

/**
 * The delay of the automatic import of a bucket's changes, milliseconds. AWS promises no time; this delay is long
 * enough to reveal an app that neither waits nor imports with a task.
 */
export const IMPORT_LAG_MS = 60_000;

/**
 * The contents of file systems: names come from tasks or automatic imports, contents from the bucket when they are
 * read.
 */
export class Contents {
  private readonly roles: ServiceRoles;

  constructor(
    private readonly cloud: Cloud,
    private readonly systems: FileSystems,
  ) {
    this.roles = new ServiceRoles(cloud);
  }

  /**
   * Imports the names of the objects below a prefix of a bucket.
   *
   * @returns the number of objects
   * @throws Error for a prefix that no directory is linked to
   */
  async import(fileSystemId: string, uri: string): Promise<number> {
    const { bucket, key } = parseS3Uri(uri);
    const link = this.systems.linksOf(fileSystemId).find((each) => {
      const linked = sourceOf(each);
      return linked.bucket === bucket && key.startsWith(linked.key);
    });
    if (!link) throw new Error(`The path ${uri} is not in a linked data repository.`);
    const objects = await this.list(this.roles.reader(fileSystemId), { bucket, key });
    const { imported } = this.systems.find(fileSystemId);
    for (const { Key, ETag } of objects) imported[`s3://${bucket}/${Key}`] = ETag!;
    this.systems.changed();
    return objects.length;
  }

  /**
   * Copies the files below a directory into a folder of this machine.
   *
   * @param directory from the root of the file system, e.g. `/data/train`
   * @returns the number of files
   * @throws Error for a directory that is not linked, and for an object that has changed since it was imported
   */
  async read(fileSystemId: string, directory: string, folder: string): Promise<number> {
    const link = this.systems
      .linksOf(fileSystemId)
      .find((each) => withSlash(directory).startsWith(withSlash(each.FileSystemPath!)));
    if (!link)
      throw new Error(`The directory ${directory} is not in a directory that is linked to a bucket.`);
    const { bucket, key } = sourceOf(link);
    const prefix = key + withSlash(directory).slice(withSlash(link.FileSystemPath!).length);
    const reader = this.roles.reader(fileSystemId);
    const transfer = new Transfer(this.cloud, reader);
    let count = 0;
    for (const object of await this.list(reader, { bucket, key: prefix })) {
      const name = object.Key!;
      if (name.endsWith('/') || !this.shows(fileSystemId, link, bucket, object)) continue;
      await transfer.download({ bucket, key: name }, join(folder, name.slice(prefix.length)));
      count += 1;
    }
    return count;
  }

  private shows(
    fileSystemId: string,
    { S3, CreationTime }: DataRepositoryAssociation,
    bucket: string,
    { Key, ETag, LastModified }: _Object,
  ): boolean {
    const written = LastModified!.getTime();
    const bySelf = (S3?.AutoImportPolicy?.Events ?? []).length > 0;
    const isDue = written + IMPORT_LAG_MS <= this.cloud.clock.now();
    if (bySelf && isDue && written >= new Date(CreationTime!).getTime()) return true;
    const uri = `s3://${bucket}/${Key}`;
    const imported = this.systems.find(fileSystemId).imported[uri];
    if (imported === undefined || imported === ETag) return imported !== undefined;
    throw new Error(`${uri} has changed since it was imported.`);
  }

  private async list(caller: Caller, { bucket, key }: Location): Promise<_Object[]> {
    const found: _Object[] = [];
    let ContinuationToken: string | undefined;
    do {
      const input = { Bucket: bucket, Prefix: key, ContinuationToken };
      const answer = await this.cloud.call('s3', 'ListObjectsV2', input, caller);
      found.push(...(answer.Contents ?? []));
      ContinuationToken = answer.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return found;
  }
}

/** Returns the linked prefix; as a folder, unless it is the whole bucket. */
function sourceOf({ DataRepositoryPath }: DataRepositoryAssociation): Location {
  const { bucket, key } = parseS3Uri(DataRepositoryPath!);
  return { bucket, key: key === '' ? '' : withSlash(key) };
}

function withSlash(path: string): string {
  return path.endsWith('/') ? path : `${path}/`;
}
