import { randomBytes } from 'node:crypto';
import { s3Playground, type S3Playground } from './s3-playground';

let play: S3Playground;
beforeAll(async () => (play = await s3Playground()));
afterAll(() => play.here.close());

const PART = 5 * 1024 * 1024;

test('parts become one object with the ETag and checksum of its parts', async () => {
  const Bucket = await play.bucket('multipart');
  const bytes = randomBytes(PART + 1000);
  const { UploadId } = await play.client.createMultipartUpload({
    Bucket,
    Key: 'k',
    ContentType: 'a/b',
    ChecksumAlgorithm: 'CRC32',
  });
  const Parts = await Promise.all(
    [bytes.subarray(0, PART), bytes.subarray(PART)].map(async (Body, i) => {
      const { ETag, ChecksumCRC32 } = await play.client.uploadPart({
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
    (await play.client.listParts({ Bucket, Key: 'k', UploadId })).Parts?.map(({ Size }) => Size),
  ).toEqual([PART, 1000]);
  const done = await play.client.completeMultipartUpload({
    Bucket,
    Key: 'k',
    UploadId,
    MultipartUpload: { Parts },
  });
  expect(done.ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
  expect(done.ChecksumCRC32).toMatch(/-2$/);
  const got = await play.client.getObject({ Bucket, Key: 'k' });
  expect(got).toMatchObject({ ContentType: 'a/b', ContentLength: bytes.length });
  expect(bytes.equals(await got.Body!.transformToByteArray())).toBe(true);
  const gone = play.client.listParts({ Bucket, Key: 'k', UploadId });
  await expect(gone).rejects.toMatchObject({ name: 'NoSuchUpload' });
});

test('bad lists of parts are refused, and an abort forgets the parts', async () => {
  const Bucket = await play.bucket('bad-parts');
  const { UploadId } = await play.client.createMultipartUpload({ Bucket, Key: 'k' });
  const upload = async (PartNumber: number) => {
    const { ETag } = await play.client.uploadPart({ Bucket, Key: 'k', UploadId, PartNumber, Body: 'small' });
    return { PartNumber, ETag };
  };
  const [one, two] = [await upload(1), await upload(2)];
  const complete = (Parts: object[]) =>
    play.client.completeMultipartUpload({ Bucket, Key: 'k', UploadId, MultipartUpload: { Parts } });
  await expect(complete([one, two])).rejects.toMatchObject({ name: 'EntityTooSmall' });
  await expect(complete([two, one])).rejects.toMatchObject({ name: 'InvalidPartOrder' });
  await expect(complete([{ PartNumber: 1, ETag: '"x"' }])).rejects.toMatchObject({ name: 'InvalidPart' });
  await play.client.abortMultipartUpload({ Bucket, Key: 'k', UploadId });
  await expect(complete([one])).rejects.toMatchObject({ name: 'NoSuchUpload' });
  await play.client.deleteBucket({ Bucket });
});
