import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';

const s3 = new S3Client({});

/** Returns `{key, words}` of one text. */
export async function handler(key) {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: process.env.BUCKET, Key: key }));
  const text = await Body.transformToString();
  return { key, words: text.split(/\s+/).filter(Boolean).length };
}
