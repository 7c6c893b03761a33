import {
  DeleteObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface UploadTarget {
  bucket: string;
  /** Key prefix of the data, ending in a slash. */
  prefix: string;
  schemaKey: string;
}

/** Metadata by which an unchanged file is known: ETags are no content hashes under KMS encryption. */
const HASH = 'sha256';

/**
 * Brings the data bucket to what is on disk. An unchanged file is not uploaded again: its version would be new,
 * and the pipeline would train on it.
 *
 * @throws Error naming the folder or file that is not there
 */
export async function uploadData(
  s3: S3Client,
  { data, schema }: { data: string; schema: string },
  target: UploadTarget,
): Promise<number> {
  if (!existsSync(data) || !statSync(data).isDirectory()) {
    throw new Error(`--data is "${data}", which is no folder; name a folder with .csv files`);
  }
  if (!existsSync(schema) || !statSync(schema).isFile()) {
    throw new Error(
      `--schema is "${schema}", which is no file; name a JSON file with label, classes and features`,
    );
  }
  const files = readdirSync(data, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.csv'),
  );
  if (files.length === 0)
    throw new Error(`--data is "${data}", which holds no .csv file; put the training data there`);
  const wanted = new Map(files.map((name) => [`${target.prefix}${name}`, join(data, name)]));
  for (const [key, file] of wanted) await uploadChanged(s3, target.bucket, key, file);
  await uploadChanged(s3, target.bucket, target.schemaKey, schema);
  const { Contents = [] } = await s3.send(
    new ListObjectsV2Command({ Bucket: target.bucket, Prefix: target.prefix }),
  );
  for (const { Key } of Contents) {
    if (!wanted.has(Key!)) await s3.send(new DeleteObjectCommand({ Bucket: target.bucket, Key }));
  }
  return files.length;
}

async function uploadChanged(s3: S3Client, Bucket: string, Key: string, file: string): Promise<void> {
  const Body = readFileSync(file);
  const hash = createHash(HASH).update(Body).digest('hex');
  if ((await storedHash(s3, Bucket, Key)) === hash) return;
  await s3.send(new PutObjectCommand({ Bucket, Key, Body, Metadata: { [HASH]: hash } }));
}

async function storedHash(s3: S3Client, Bucket: string, Key: string): Promise<string | undefined> {
  try {
    return (await s3.send(new HeadObjectCommand({ Bucket, Key }))).Metadata?.[HASH];
  } catch (error) {
    if ((error as Error).name === 'NotFound') return undefined;
    throw error;
  }
}
