import {
  DeleteObjectsCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { TrainingData } from './training-data';

export interface UploadTarget {
  bucket: string;
  /** Key prefix of the data, ending in a slash. */
  prefix: string;
  /** Null for data that are no table. */
  schemaKey: string | null;
}

/** Object metadata with the file's hash: with KMS encryption, ETags are not content hashes. */
const HASH = 'sha256';
const UPLOADS_AT_ONCE = 8;
/** Largest number of keys of a DeleteObjects call. */
const DELETED_AT_ONCE = 1_000;

/**
 * Makes the data bucket equal to the local files. An unchanged file is not uploaded again: it would have a new version,
 * and the pipeline would train again.
 */
export async function uploadData(s3: S3Client, data: TrainingData, target: UploadTarget): Promise<void> {
  const wanted = new Map(data.files.map(({ name, path }) => [`${target.prefix}${name}`, path]));
  const { schemaKey } = target;
  const schema = schemaKey !== null && data.schema !== null ? [[schemaKey, data.schema] as const] : [];
  const waiting = [...wanted, ...schema].values();
  const work = async () => {
    for (const [key, file] of waiting) await uploadChanged(s3, target.bucket, key, file);
  };
  await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, work));

  const stale: { Key: string }[] = [];
  for await (const page of paginateListObjectsV2(
    { client: s3 },
    { Bucket: target.bucket, Prefix: target.prefix },
  )) {
    for (const { Key } of page.Contents ?? []) if (!wanted.has(Key!)) stale.push({ Key: Key! });
  }
  for (let start = 0; start < stale.length; start += DELETED_AT_ONCE) {
    const Objects = stale.slice(start, start + DELETED_AT_ONCE);
    await s3.send(new DeleteObjectsCommand({ Bucket: target.bucket, Delete: { Objects } }));
  }
}

/** Uploads a file unless its hash is stored. Streams it, because a file may be larger than a buffer. */
async function uploadChanged(s3: S3Client, Bucket: string, Key: string, file: string): Promise<void> {
  const digest = createHash(HASH);
  await pipeline(createReadStream(file), digest);
  const hash = digest.digest('hex');
  if ((await storedHash(s3, Bucket, Key)) === hash) return;
  await s3.send(
    new PutObjectCommand({
      Bucket,
      Key,
      Body: createReadStream(file),
      ContentLength: statSync(file).size,
      Metadata: { [HASH]: hash },
    }),
  );
}

async function storedHash(s3: S3Client, Bucket: string, Key: string): Promise<string | undefined> {
  try {
    return (await s3.send(new HeadObjectCommand({ Bucket, Key }))).Metadata?.[HASH];
  } catch (error) {
    if ((error as Error).name === 'NotFound') return undefined;
    throw error;
  }
}
