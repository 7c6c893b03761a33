import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ServerSideEncryption } from '@aws-sdk/client-s3';
import { startS3Cloud, type S3Cloud } from './s3-cloud';

let s3Cloud: S3Cloud;
beforeAll(async () => (s3Cloud = await startS3Cloud()));
afterAll(() => s3Cloud.here.close());

const md5 = (data: string | Buffer) => `"${createHash('md5').update(data).digest('hex')}"`;

test('metadata, type, encryption and key are stored with any characters', async () => {
  const Bucket = await s3Cloud.bucket('round-trip');
  const Key = "a folder/ü+&=?#%25 (1)!'*~/x";
  const SSEKMSKeyId = await s3Cloud.key();
  const encryption = { ServerSideEncryption: 'aws:kms' as ServerSideEncryption, SSEKMSKeyId };
  const facts = { ContentType: 'text/csv', Metadata: { owner: 'team' }, ...encryption };
  const put = await s3Cloud.client.putObject({ Bucket, Key, Body: 'hello', ...facts });
  expect(put).toMatchObject({ ETag: md5('hello'), ...encryption });
  const head = await s3Cloud.client.headObject({ Bucket, Key });
  expect(head).toMatchObject({ ...facts, ContentLength: 5, ETag: md5('hello'), VersionId: put.VersionId });
  expect(await s3Cloud.read(Bucket, Key)).toBe('hello');
  const { Contents } = await s3Cloud.client.listObjectsV2({ Bucket });
  expect(Contents?.map((object) => object.Key)).toEqual([Key]);
});

test('a stream is uploaded in aws-chunked framing, with its checksum in a trailer, and read back unchanged', async () => {
  const Bucket = await s3Cloud.bucket('streams');
  const bytes = randomBytes(3_000_000);
  const Body = Readable.from([bytes.subarray(0, 1e6), bytes.subarray(1e6)]);
  const put = await s3Cloud.client.putObject({ Bucket, Key: 'k', Body, ContentLength: bytes.length });
  expect(put.ChecksumCRC32).toEqual(expect.any(String));
  const got = await s3Cloud.client.getObject({ Bucket, Key: 'k' });
  expect(got).toMatchObject({ ETag: md5(bytes), ChecksumCRC32: put.ChecksumCRC32 });
  expect(got.ContentEncoding).toBeUndefined();
  expect(bytes.equals(await got.Body!.transformToByteArray())).toBe(true);
});

test('an empty object', async () => {
  const Bucket = await s3Cloud.bucket('empty');
  await s3Cloud.client.putObject({ Bucket, Key: 'k', Body: Buffer.alloc(0) });
  expect(await s3Cloud.read(Bucket, 'k')).toBe('');
});

test.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
  'a checksum of %s is stored',
  async (algorithm) => {
    const Bucket = await s3Cloud.bucket(`checksum-${algorithm.toLowerCase()}`);
    const put = await s3Cloud.client.putObject({
      Bucket,
      Key: 'k',
      Body: 'hello',
      ChecksumAlgorithm: algorithm,
    });
    const head = await s3Cloud.client.headObject({ Bucket, Key: 'k', ChecksumMode: 'ENABLED' });
    expect(head[`Checksum${algorithm}`]).toBe(put[`Checksum${algorithm}`]);
    expect(head[`Checksum${algorithm}`]).toBeTruthy();
  },
);

test('a body that does not match its checksum is refused, and nothing is stored', async () => {
  const Bucket = await s3Cloud.bucket('bad-digest');
  const attempt = s3Cloud.client.putObject({ Bucket, Key: 'k', Body: 'hello', ChecksumCRC32: 'AAAAAA==' });
  await expect(attempt).rejects.toMatchObject({ name: 'BadDigest' });
  await expect(s3Cloud.client.headObject({ Bucket, Key: 'k' })).rejects.toMatchObject({ name: 'NotFound' });
});

test.each([
  ['bytes=2-4', 'cde', 'bytes 2-4/10'],
  ['bytes=7-', 'hij', 'bytes 7-9/10'],
  ['bytes=-3', 'hij', 'bytes 7-9/10'],
  ['bytes=5-99', 'fghij', 'bytes 5-9/10'],
  ['bytes=5-2', 'abcdefghij', undefined],
])('the range %s', async (Range, expected, ContentRange) => {
  const Bucket = await s3Cloud.bucket(`range-${createHash('md5').update(Range).digest('hex').slice(0, 8)}`);
  await s3Cloud.client.putObject({ Bucket, Key: 'k', Body: 'abcdefghij' });
  const got = await s3Cloud.client.getObject({ Bucket, Key: 'k', Range });
  expect(await got.Body!.transformToString()).toBe(expected);
  expect(got.ContentRange).toBe(ContentRange);
  expect(got.$metadata.httpStatusCode).toBe(ContentRange ? 206 : 200);
  await expect(s3Cloud.client.getObject({ Bucket, Key: 'k', Range: 'bytes=10-' })).rejects.toMatchObject({
    name: 'InvalidRange',
  });
});

test('conditions on the ETag', async () => {
  const Bucket = await s3Cloud.bucket('conditions');
  const { ETag } = await s3Cloud.client.putObject({ Bucket, Key: 'k', Body: 'a', IfNoneMatch: '*' });
  const again = s3Cloud.client.putObject({ Bucket, Key: 'k', Body: 'b', IfNoneMatch: '*' });
  await expect(again).rejects.toMatchObject({
    name: 'PreconditionFailed',
    $metadata: { httpStatusCode: 412 },
  });
  const unchanged = s3Cloud.client.getObject({ Bucket, Key: 'k', IfNoneMatch: ETag });
  await expect(unchanged).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
  const since = (time: number) =>
    s3Cloud.client.getObject({ Bucket, Key: 'k', IfModifiedSince: new Date(Date.now() + time) });
  await expect(since(0)).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
  await since(3_600_000);
  const other = s3Cloud.client.getObject({ Bucket, Key: 'k', IfMatch: '"other"' });
  await expect(other).rejects.toMatchObject({ name: 'PreconditionFailed' });
  expect((await s3Cloud.client.putObject({ Bucket, Key: 'k', Body: 'b', IfMatch: ETag })).ETag).toBe(
    md5('b'),
  );
});

test('of concurrent writers with the same condition, one wins', async () => {
  const Bucket = await s3Cloud.bucket('race');
  // Each writer has a different body: equal bodies have equal ETags.
  const outcomes = async (round: string, condition: object) => {
    const writers = Array.from({ length: 8 }, (_, i) =>
      s3Cloud.client.putObject({ Bucket, Key: 'k', Body: `${round} ${i}`, ...condition }),
    );
    const settled = await Promise.allSettled(writers);
    return settled.map((each) => (each.status === 'rejected' ? (each.reason as Error).name : 'done')).sort();
  };
  const oneOfEight = [...Array<string>(7).fill('PreconditionFailed'), 'done'];
  expect(await outcomes('first', { IfNoneMatch: '*' })).toEqual(oneOfEight);
  const { ETag } = await s3Cloud.client.headObject({ Bucket, Key: 'k' });
  expect(await outcomes('second', { IfMatch: ETag })).toEqual(oneOfEight);
});

test('a copy has the bytes and metadata of its source, of any version', async () => {
  const Bucket = await s3Cloud.bucket('copies');
  const { VersionId } = await s3Cloud.client.putObject({
    Bucket,
    Key: 'a b',
    Body: 'old',
    Metadata: { x: '1' },
  });
  await s3Cloud.client.putObject({ Bucket, Key: 'a b', Body: 'new' });
  const CopySource = `${Bucket}/a%20b?versionId=${VersionId}`;
  const { CopyObjectResult } = await s3Cloud.client.copyObject({ Bucket, Key: 'c', CopySource });
  expect(CopyObjectResult?.ETag).toBe(md5('old'));
  expect((await s3Cloud.client.headObject({ Bucket, Key: 'c' })).Metadata).toEqual({ x: '1' });
  const onItself = s3Cloud.client.copyObject({ Bucket, Key: 'c', CopySource: `${Bucket}/c` });
  await expect(onItself).rejects.toMatchObject({ name: 'InvalidRequest' });
});

test("the bucket's default encryption applies to objects without their own", async () => {
  const Bucket = await s3Cloud.bucket('default-encryption');
  const key = await s3Cloud.key();
  const byDefault = { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID: key };
  const Rules = [{ ApplyServerSideEncryptionByDefault: byDefault, BucketKeyEnabled: true }];
  await s3Cloud.client.putBucketEncryption({ Bucket, ServerSideEncryptionConfiguration: { Rules } });
  await s3Cloud.client.putObject({ Bucket, Key: 'k', Body: 'x' });
  const expected = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key, BucketKeyEnabled: true };
  expect(await s3Cloud.client.headObject({ Bucket, Key: 'k' })).toMatchObject(expected);
  const { ServerSideEncryptionConfiguration } = await s3Cloud.client.getBucketEncryption({ Bucket });
  expect(ServerSideEncryptionConfiguration?.Rules).toMatchObject(Rules);
});

test("missing buckets, keys and versions fail with S3's errors", async () => {
  const Bucket = await s3Cloud.bucket('missing');
  const failing = [
    [() => s3Cloud.client.getObject({ Bucket, Key: 'k' }), 'NoSuchKey', 404],
    [() => s3Cloud.client.headObject({ Bucket, Key: 'k' }), 'NotFound', 404],
    [() => s3Cloud.client.getObject({ Bucket: 'not-there', Key: 'k' }), 'NoSuchBucket', 404],
    [() => s3Cloud.client.getObject({ Bucket, Key: 'k', VersionId: 'x' }), 'NoSuchVersion', 404],
    [() => s3Cloud.client.headBucket({ Bucket: 'not-there' }), 'NotFound', 404],
    [() => s3Cloud.client.getBucketPolicy({ Bucket }), 'NoSuchBucketPolicy', 404],
    [() => s3Cloud.client.putObject({ Bucket, Key: 'k'.repeat(1025), Body: 'x' }), 'KeyTooLongError', 400],
    [
      () => s3Cloud.client.putObject({ Bucket, Key: 'k', Body: 'x', ACL: 'public-read' }),
      'AccessControlListNotSupported',
      400,
    ],
    [() => s3Cloud.client.putObject({ Bucket, Key: 'k', Body: 'x', ContentMD5: 'no' }), 'InvalidDigest', 400],
    [
      () => s3Cloud.client.putObject({ Bucket, Key: 'k', Body: 'x', StorageClass: 'OUTPOSTS' }),
      'InvalidStorageClass',
      400,
    ],
  ] as const;
  for (const [attempt, name, httpStatusCode] of failing) {
    await expect(attempt()).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
  }
});
