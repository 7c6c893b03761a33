import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Cloud } from '../core/cloud';
import { ServiceError } from '../model/errors';
import type { Caller } from '../core/service';
import { parseS3Uri, Transfer } from './s3-transfer';

/** The inputs and outputs of a job: a Transfer that takes URIs and supports SageMaker's manifests and encryption. */
export class S3Folder {
  private readonly transfer: Transfer;

  constructor(cloud: Cloud, caller: Caller) {
    this.transfer = new Transfer(cloud, caller);
  }

  /** @returns the number of files */
  async downloadPrefix(uri: string, folder: string): Promise<number> {
    return (await this.transfer.downloadPrefix(parseS3Uri(uri), folder)).length;
  }

  /**
   * Downloads the objects that a manifest lists: `[{"prefix": "s3://…/"}, "key", …]`. Keys keep their folders.
   *
   * @returns the number of files
   */
  async downloadManifest(uri: string, folder: string): Promise<number> {
    const { prefix, keys } = await readManifest(this.transfer, uri);
    for (const key of keys) await this.download(`${prefix}${key}`, join(folder, key));
    return keys.length;
  }

  async download(uri: string, file: string, versionId?: string): Promise<void> {
    await this.transfer.download(parseS3Uri(uri), file, versionId);
  }

  /** Uploads every file below `folder` to the URI's prefix. */
  async upload(folder: string, uri: string, kmsKeyId?: string): Promise<void> {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
    for (const file of files) {
      await this.uploadFile(file, `${uri.replace(/\/$/, '')}/${relative(folder, file)}`, kmsKeyId);
    }
  }

  async uploadFile(file: string, uri: string, kmsKeyId?: string): Promise<void> {
    await this.transfer.upload(file, parseS3Uri(uri), {
      ContentLength: statSync(file).size,
      ...encryption(kmsKeyId),
    });
  }

  async putText(text: string, uri: string, kmsKeyId?: string): Promise<void> {
    await this.transfer.write(parseS3Uri(uri), text, encryption(kmsKeyId));
  }
}

/** @throws ServiceError ValidationException if the object is not a manifest */
export async function readManifest(
  transfer: Transfer,
  uri: string,
): Promise<{ prefix: string; keys: string[] }> {
  const text = (await transfer.read(parseS3Uri(uri))).toString('utf8');
  const refuse = (why: string) => new ServiceError('ValidationException', `${uri} is not a manifest: ${why}`);
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch (error) {
    throw refuse((error as Error).message);
  }
  if (!Array.isArray(entries)) throw refuse('it is not a list');
  const [head, ...keys] = entries as [{ prefix?: unknown } | undefined, ...unknown[]];
  if (typeof head?.prefix !== 'string') throw refuse('its first entry has no "prefix"');
  const wrong = keys.find((key) => typeof key !== 'string' || key.split('/').includes('..'));
  if (wrong !== undefined) throw refuse(`its entry ${JSON.stringify(wrong)} is not a key`);
  return { prefix: head.prefix, keys: keys as string[] };
}

function encryption(kmsKeyId: string | undefined) {
  return kmsKeyId ? { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: kmsKeyId } : {};
}
