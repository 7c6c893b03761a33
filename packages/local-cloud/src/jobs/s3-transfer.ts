import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { Cloud } from '../core/cloud';
import type { Caller, Input } from '../core/service';
import { toReadable } from '../core/readable';

export interface Location {
  bucket: string;
  /** A key or a prefix; may be empty. */
  key: string;
}

export interface ListedObject {
  key: string;
  size: number;
}

/** Parses `s3://bucket/key`; throws a TypeError for any other text. */
export function parseS3Uri(uri: string): Location {
  const [, bucket, key = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(uri) ?? [];
  if (!bucket) throw new TypeError(`'${uri}' is not an S3 URI; use the form s3://bucket/key.`);
  return { bucket, key };
}

/**
 * Copies files and objects for other services: the inputs and outputs of a job, the code of a function. Every read and
 * write is an S3 operation that is called and authorized as the given caller.
 */
export class Transfer {
  constructor(
    private readonly cloud: Cloud,
    private readonly caller: Caller,
  ) {}

  async read({ bucket, key }: Location, versionId?: string): Promise<Buffer> {
    return buffer(await this.open({ bucket, key }, versionId));
  }

  async write(
    { bucket, key }: Location,
    body: string | Uint8Array,
    facts: Partial<Input<'s3', 'PutObject'>> = {},
  ) {
    return this.cloud.call(
      's3',
      'PutObject',
      { ...facts, Bucket: bucket, Key: key, Body: body },
      this.caller,
    );
  }

  /** Lists every object whose key begins with the location's key, in order. */
  async list({ bucket, key }: Location): Promise<ListedObject[]> {
    const found: ListedObject[] = [];
    let token: string | undefined;
    do {
      const input = { Bucket: bucket, Prefix: key, ContinuationToken: token };
      const answer = await this.cloud.call('s3', 'ListObjectsV2', input, this.caller);
      for (const { Key = '', Size = 0 } of answer.Contents ?? []) found.push({ key: Key, size: Size });
      token = answer.NextContinuationToken;
    } while (token !== undefined);
    return found;
  }

  async download({ bucket, key }: Location, file: string, versionId?: string): Promise<void> {
    await mkdir(dirname(file), { recursive: true });
    await pipeline(await this.open({ bucket, key }, versionId), createWriteStream(file));
  }

  /**
   * Downloads everything below a prefix to a directory, as SageMaker does with an `S3Prefix`: paths are relative to the
   * prefix, and an object that is the prefix itself keeps its last name. Returns the files' relative paths.
   */
  async downloadPrefix(location: Location, directory: string): Promise<string[]> {
    const files: string[] = [];
    for (const { key } of await this.list(location)) {
      if (key.endsWith('/')) continue;
      const path = key.slice(location.key.length).replace(/^\/+/, '') || basename(key);
      const file = resolve(directory, path);
      if (!file.startsWith(resolve(directory) + sep)) {
        throw new Error(
          `The object s3://${location.bucket}/${key} would be written outside of ${directory}; rename it.`,
        );
      }
      await this.download({ bucket: location.bucket, key }, file);
      files.push(path);
    }
    return files;
  }

  /** Uploads every file below a directory to the location's key; returns the keys. */
  async uploadDirectory(directory: string, { bucket, key }: Location): Promise<string[]> {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const prefix = key === '' || key.endsWith('/') ? key : `${key}/`;
    const keys: string[] = [];
    for (const file of files.sort()) {
      const target = prefix + relative(directory, file).split(sep).join('/');
      await this.upload(file, { bucket, key: target });
      keys.push(target);
    }
    return keys;
  }

  async upload(
    file: string,
    { bucket, key }: Location,
    facts: Partial<Input<'s3', 'PutObject'>> = {},
  ): Promise<void> {
    // The file is opened here: a stream that a refused call does not read would open its file later, when it may be
    // deleted.
    const handle = await open(file);
    const Body = handle.createReadStream({ autoClose: false });
    try {
      await this.cloud.call('s3', 'PutObject', { ...facts, Bucket: bucket, Key: key, Body }, this.caller);
    } finally {
      await handle.close();
    }
  }

  private async open({ bucket, key }: Location, versionId?: string): Promise<Readable> {
    const input = { Bucket: bucket, Key: key, VersionId: versionId };
    return toReadable((await this.cloud.call('s3', 'GetObject', input, this.caller)).Body);
  }
}
