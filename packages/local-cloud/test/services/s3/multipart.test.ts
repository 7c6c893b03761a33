import { randomBytes } from 'node:crypto';
import { startS3Cloud, type S3Cloud } from './s3-cloud';

let s3Cloud: S3Cloud;
beforeAll(async () => (s3Cloud = await startS3Cloud()));
afterAll(() => s3Cloud.here.close());

const PART = 5 * 1024 * 1024;

test('parts become one object with the ETag and checksum of its parts', async () => {
  const Bucket = await s3Cloud.bucket('multipart');
  const bytes = randomBytes(PART + 1000);
  const { UploadId } = await s3Cloud.client.createMultipartUpload({
    Bucket,
    Key: 'k',
    ContentType: 'a/b',
    ChecksumAlgorithm: 'CRC32',
  });
  const Parts = await Promise.all(
    [bytes.subarray(0, PART), bytes.subarray(PART)].map(async (Body, i) => {
      const { ETag, ChecksumCRC32 } = await s3Cloud.client.uploadPart({
        Bucket,
        Key: 'k',
        UploadId,
        PartNumber: i + 1,
        Body,
      });
      return { PartNumber: i + 1, ETag, ChecksumCRC32 };
    }),
  );
  expect(
    (await s3Cloud.client.listParts({ Bucket, Key: 'k', UploadId })).Parts?.map(({ Size }) => Size),
  ).toEqual([PART, 1000]);
  const done = await s3Cloud.client.completeMultipartUpload({
    Bucket,
    Key: 'k',
    UploadId,
    MultipartUpload: { Parts },
  });
  expect(done.ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
  expect(done.ChecksumCRC32).toMatch(/-2$/);
  const got = await s3Cloud.client.getObject({ Bucket, Key: 'k' });
  expect(got).toMatchObject({ ContentType: 'a/b', ContentLength: bytes.length });
  expect(bytes.equals(await got.Body!.transformToByteArray())).toBe(true);
  const gone = s3Cloud.client.listParts({ Bucket, Key: 'k', UploadId });
  await expect(gone).rejects.toMatchObject({ name: 'NoSuchUpload' });
});

test('invalid lists of parts are refused, and an abort removes the parts', async () => {
  const Bucket = await s3Cloud.bucket('bad-parts');
  const { UploadId } = await s3Cloud.client.createMultipartUpload({ Bucket, Key: 'k' });
  const upload = async (PartNumber: number) => {
    const { ETag } = await s3Cloud.client.uploadPart({
      Bucket,
      Key: 'k',
      UploadId,
      PartNumber,
      Body: 'small',
    });
    return { PartNumber, ETag };
  };
  const [one, two] = [await upload(1), await upload(2)];
  const complete = (Parts: object[]) =>
    s3Cloud.client.completeMultipartUpload({ Bucket, Key: 'k', UploadId, MultipartUpload: { Parts } });
  await expect(complete([one, two])).rejects.toMatchObject({ name: 'EntityTooSmall' });
  await expect(complete([two, one])).rejects.toMatchObject({ name: 'InvalidPartOrder' });
  await expect(complete([{ PartNumber: 1, ETag: '"x"' }])).rejects.toMatchObject({ name: 'InvalidPart' });
  await s3Cloud.client.abortMultipartUpload({ Bucket, Key: 'k', UploadId });
  await expect(complete([one])).rejects.toMatchObject({ name: 'NoSuchUpload' });
  await s3Cloud.client.deleteBucket({ Bucket });
});
