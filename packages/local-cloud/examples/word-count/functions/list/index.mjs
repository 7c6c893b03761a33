import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';

const s3 = new S3Client({});

/** Returns the keys of all texts: `{keys: [...]}`. */
export async function handler() {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: process.env.BUCKET }));
  return { keys: Contents.map(({ Key }) => Key) };
}
