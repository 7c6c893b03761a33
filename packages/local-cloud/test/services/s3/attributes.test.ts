import { randomBytes } from 'node:crypto';
import type { ObjectAttributes } from '@aws-sdk/client-s3';
import { startS3Cloud, type S3Cloud } from './s3-cloud';

let s3Cloud: S3Cloud;
let Bucket: string;
const PART = 5 * 1024 * 1024;
const bytes = randomBytes(PART + 10);
beforeAll(async () => {
  s3Cloud = await startS3Cloud();
  Bucket = await s3Cloud.bucket('attributes');
  await s3Cloud.client.putObject({ Bucket, Key: 'whole', Body: 'hello', ChecksumAlgorithm: 'SHA256' });
  await upload('parts', 'SHA256');
  await upload('plain', undefined);
});
afterAll(() => s3Cloud.here.close());

async function upload(Key: string, ChecksumAlgorithm: 'SHA256' | undefined): Promise<void> {
  const target = { Bucket, Key };
  const { UploadId } = await s3Cloud.client.createMultipartUpload({ ...target, ChecksumAlgorithm });
  const Parts: object[] = [];
  for (const [PartNumber, Body] of [
    [1, bytes.subarray(0, PART)],
    [2, bytes.subarray(PART)],
  ] as const) {
    const part = await s3Cloud.client.uploadPart({
      ...target,
      UploadId,
      PartNumber,
      Body,
      ChecksumAlgorithm,
    });
    Parts.push({ PartNumber, ETag: part.ETag, ChecksumSHA256: part.ChecksumSHA256 });
  }
  await s3Cloud.client.completeMultipartUpload({ ...target, UploadId, MultipartUpload: { Parts } });
}

const attributes = (Key: string, ...names: string[]) =>
  s3Cloud.client.getObjectAttributes({ Bucket, Key, ObjectAttributes: names as ObjectAttributes[] });

test("an object's requested attributes are returned", async () => {
  const all = await attributes('whole', 'ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize');
  const { ETag, ChecksumSHA256, VersionId } = await s3Cloud.client.headObject({
    ...{ Bucket, Key: 'whole' },
    ChecksumMode: 'ENABLED',
  });
  expect(all).toMatchObject({
    ETag: ETag!.replaceAll('"', ''),
    Checksum: { ChecksumSHA256, ChecksumType: 'FULL_OBJECT' },
    StorageClass: 'STANDARD',
    ObjectSize: 5,
    VersionId,
    LastModified: expect.any(Date),
  });
  expect(all.ObjectParts).toBeUndefined();
  const size = await attributes('whole', 'ObjectSize');
  expect([size.ObjectSize, size.ETag, size.StorageClass]).toEqual([5, undefined, undefined]);
  await expect(attributes('whole', 'Size')).rejects.toMatchObject({ name: 'InvalidArgument' });
  await expect(attributes('not-there', 'ETag')).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test('the parts of an upload with checksums are listed; other uploads show only their number', async () => {
  const page = await s3Cloud.client.getObjectAttributes({
    ...{ Bucket, Key: 'parts', MaxParts: 1 },
    ObjectAttributes: ['ObjectParts'],
  });
  expect(page.ObjectParts).toMatchObject({
    ...{ TotalPartsCount: 2, IsTruncated: true, MaxParts: 1 },
    ...{ PartNumberMarker: '0', NextPartNumberMarker: '1' },
    Parts: [{ PartNumber: 1, Size: PART, ChecksumSHA256: expect.any(String) }],
  });
  expect((await attributes('plain', 'ObjectParts')).ObjectParts).toEqual({ TotalPartsCount: 2 });
});

test('a part of an object is read by its number', async () => {
  const got = await s3Cloud.client.getObject({
    Bucket,
    Key: 'parts',
    PartNumber: 2,
    ChecksumMode: 'ENABLED',
  });
  expect(got).toMatchObject({
    ...{ ContentLength: 10, PartsCount: 2, ContentRange: `bytes ${PART}-${PART + 9}/${PART + 10}` },
    ...{ ChecksumSHA256: expect.not.stringMatching(/-2$/), ChecksumType: 'COMPOSITE' },
    $metadata: { httpStatusCode: 206 },
  });
  expect(bytes.subarray(PART).equals(await got.Body!.transformToByteArray())).toBe(true);
  const head = await s3Cloud.client.headObject({ Bucket, Key: 'plain', PartNumber: 1 });
  expect(head).toMatchObject({ ContentLength: PART, PartsCount: 2, $metadata: { httpStatusCode: 206 } });
  const whole = await s3Cloud.client.getObject({ Bucket, Key: 'whole', PartNumber: 1 });
  expect(whole).toMatchObject({ ContentRange: 'bytes 0-4/5', $metadata: { httpStatusCode: 206 } });
  expect(whole.PartsCount).toBeUndefined();
});

test('a missing part, and a part with a range, are refused', async () => {
  const get = (Key: string, more: object) => s3Cloud.client.getObject({ Bucket, Key, ...more });
  await expect(get('parts', { PartNumber: 10 })).rejects.toMatchObject({
    ...{ name: 'InvalidPartNumber', ActualPartCount: '2', PartNumberRequested: '10' },
    $metadata: { httpStatusCode: 416 },
  });
  await expect(get('whole', { PartNumber: 2 })).rejects.toMatchObject({ name: 'InvalidPartNumber' });
  await expect(get('parts', { PartNumber: 1, Range: 'bytes=0-1' })).rejects.toMatchObject({
    name: 'InvalidRequest',
  });
});

test('Expires is kept, and can be overridden in an answer, as other headers can', async () => {
  const Expires = new Date('2030-01-02T03:04:05Z');
  await s3Cloud.client.putObject({ Bucket, Key: 'expires', Body: 'x', Expires });
  const head = await s3Cloud.client.headObject({ Bucket, Key: 'expires' });
  expect([head.Expires, head.ExpiresString]).toEqual([Expires, 'Wed, 02 Jan 2030 03:04:05 GMT']);
  const ResponseExpires = new Date('2031-01-01T00:00:00Z');
  const overrides = { ResponseExpires, ResponseContentType: 'a/b', ResponseCacheControl: 'no-store' };
  const shown = { Expires: ResponseExpires, ContentType: 'a/b', CacheControl: 'no-store' };
  expect(await s3Cloud.client.getObject({ Bucket, Key: 'expires', ...overrides })).toMatchObject(shown);
  expect(await s3Cloud.client.headObject({ Bucket, Key: 'expires', ...overrides })).toMatchObject(shown);
});

test('HEAD with a range returns the range that GET would return', async () => {
  const head = await s3Cloud.client.headObject({ Bucket, Key: 'whole', Range: 'bytes=1-2' });
  expect(head).toMatchObject({ ContentRange: 'bytes 1-2/5', ContentLength: 2 });
});
