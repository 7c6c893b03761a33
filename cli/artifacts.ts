import {
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { championOf, RECORD_TYPE } from '../lib/contract/champion';
import { layout } from '../lib/contract/layout';
import type { Champion } from '../lib/contract/run';

/** Returns the parsed JSON object; null if it does not exist. */
export async function readJson<T>(
  s3: S3Client,
  Bucket: string,
  Key: string,
  VersionId?: string,
): Promise<T | null> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }));
    return JSON.parse(await Body!.transformToString()) as T;
  } catch (error) {
    if ((error as Error).name === 'NoSuchKey') return null;
    throw error;
  }
}

/** Returns the records of champions, newest first: the versions of one object, which are kept for 365 days. */
export async function championRecords(s3: S3Client, Bucket: string): Promise<Champion[]> {
  const records: Champion[] = [];
  let marker: { KeyMarker?: string; VersionIdMarker?: string } = {};
  for (;;) {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: layout.champion, ...marker }));
    for (const { Key, VersionId } of page.Versions ?? []) {
      if (Key !== layout.champion) continue;
      const record = await readJson<Champion>(s3, Bucket, layout.champion, VersionId);
      if (record) records.push(record);
    }
    if (!page.IsTruncated) return records;
    marker = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }
}

/** Writes a new version of champion.json, as the state `Record champion` does: this model is the champion from now on. */
export async function recordChampion(s3: S3Client, Bucket: string, model: Champion): Promise<void> {
  await s3.send(
    new PutObjectCommand({
      Bucket,
      Key: layout.champion,
      ContentType: RECORD_TYPE,
      Body: JSON.stringify(championOf(model, new Date())),
    }),
  );
}
