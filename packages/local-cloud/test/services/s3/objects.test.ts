import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ServerSideEncryption } from '@aws-sdk/client-s3';
import { s3Playground, type S3Playground } from './s3-playground';

let play: S3Playground;
beforeAll(async () => (play = await s3Playground()));
afterAll(() => play.here.close());

const md5 = (data: string | Buffer) => `"${createHash('md5').update(data).digest('hex')}"`;

test('metadata, type, encryption and key survive, whatever characters they have', async () => {
  const Bucket = await play.bucket('round-trip');
  const Key = "a folder/ü+&=?#%25 (1)!'*~/x";
  const SSEKMSKeyId = await play.key();
  const encryption = { ServerSideEncryption: 'aws:kms' as ServerSideEncryption, SSEKMSKeyId };
  const facts = { ContentType: 'text/csv', Metadata: { owner: 'team' }, ...encryption };
  const put = await play.client.putObject({ Bucket, Key, Body: 'hello', ...facts });
  expect(put).toMatchObject({ ETag: md5('hello'), ...encryption });
  const head = await play.client.headObject({ Bucket, Key });
  expect(head).toMatchObject({ ...facts, ContentLength: 5, ETag: md5('hello'), VersionId: put.VersionId });
  expect(await play.read(Bucket, Key)).toBe('hello');
  const { Contents } = await play.client.listObjectsV2({ Bucket });
  expect(Contents?.map((object) => object.Key)).toEqual([Key]);
});

test('a stream goes up in aws-chunked framing, its checksum in a trailer, and comes back the same', async () => {
  const Bucket = await play.bucket('streams');
  const bytes = randomBytes(3_000_000);
  const Body = Readable.from([bytes.subarray(0, 1e6), bytes.subarray(1e6)]);
  const put = await play.client.putObject({ Bucket, Key: 'k', Body, ContentLength: bytes.length });
  expect(put.ChecksumCRC32).toEqual(expect.any(String));
  const got = await play.client.getObject({ Bucket, Key: 'k' });
  expect(got).toMatchObject({ ETag: md5(bytes), ChecksumCRC32: put.ChecksumCRC32 });
  expect(got.ContentEncoding).toBeUndefined();
  expect(bytes.equals(await got.Body!.transformToByteArray())).toBe(true);
});

test('an empty object', async () => {
  const Bucket = await play.bucket('empty');
  await play.client.putObject({ Bucket, Key: 'k', Body: Buffer.alloc(0) });
  expect(await play.read(Bucket, 'k')).toBe('');
});

test.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
  'a checksum of %s is kept',
  async (algorithm) => {
    const Bucket = await play.bucket(`checksum-${algorithm.toLowerCase()}`);
    const put = await play.client.putObject({
      Bucket,
      Key: 'k',
      Body: 'hello',
      ChecksumAlgorithm: algorithm,
    });
    const head = await play.client.headObject({ Bucket, Key: 'k', ChecksumMode: 'ENABLED' });
    expect(head[`Checksum${algorithm}`]).toBe(put[`Checksum${algorithm}`]);
    expect(head[`Checksum${algorithm}`]).toBeTruthy();
  },
);

test('a body that is not what its checksum says is refused, and nothing is stored', async () => {
  const Bucket = await play.bucket('bad-digest');
  const attempt = play.client.putObject({ Bucket, Key: 'k', Body: 'hello', ChecksumCRC32: 'AAAAAA==' });
  await expect(attempt).rejects.toMatchObject({ name: 'BadDigest' });
  await expect(play.client.headObject({ Bucket, Key: 'k' })).rejects.toMatchObject({ name: 'NotFound' });
});

test.each([
  ['bytes=2-4', 'cde', 'bytes 2-4/10'],
  ['bytes=7-', 'hij', 'bytes 7-9/10'],
  ['bytes=-3', 'hij', 'bytes 7-9/10'],
  ['bytes=5-99', 'fghij', 'bytes 5-9/10'],
  ['bytes=5-2', 'abcdefghij', undefined],
])('the range %s', async (Range, expected, ContentRange) => {
  const Bucket = await play.bucket(`range-${createHash('md5').update(Range).digest('hex').slice(0, 8)}`);
  await play.client.putObject({ Bucket, Key: 'k', Body: 'abcdefghij' });
  const got = await play.client.getObject({ Bucket, Key: 'k', Range });
  expect(await got.Body!.transformToString()).toBe(expected);
  expect(got.ContentRange).toBe(ContentRange);
  expect(got.$metadata.httpStatusCode).toBe(ContentRange ? 206 : 200);
  await expect(play.client.getObject({ Bucket, Key: 'k', Range: 'bytes=10-' })).rejects.toMatchObject({
    name: 'InvalidRange',
  });
});

test('conditions on the ETag', async () => {
  const Bucket = await play.bucket('conditions');
  const { ETag } = await play.client.putObject({ Bucket, Key: 'k', Body: 'a', IfNoneMatch: '*' });
  const again = play.client.putObject({ Bucket, Key: 'k', Body: 'b', IfNoneMatch: '*' });
  await expect(again).rejects.toMatchObject({
    name: 'PreconditionFailed',
    $metadata: { httpStatusCode: 412 },
  });
  const unchanged = play.client.getObject({ Bucket, Key: 'k', IfNoneMatch: ETag });
  await expect(unchanged).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
  const since = (time: number) =>
    play.client.getObject({ Bucket, Key: 'k', IfModifiedSince: new Date(Date.now() + time) });
  await expect(since(0)).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
  await since(3_600_000);
  const other = play.client.getObject({ Bucket, Key: 'k', IfMatch: '"other"' });
  await expect(other).rejects.toMatchObject({ name: 'PreconditionFailed' });
  expect((await play.client.putObject({ Bucket, Key: 'k', Body: 'b', IfMatch: ETag })).ETag).toBe(md5('b'));
});

test('of writers at the same time, each on the same condition, one wins', async () => {
  const Bucket = await play.bucket('race');
  // Of another body each: the same one has the same ETag.
  const outcomes = async (round: string, condition: object) => {
    const writers = Array.from({ length: 8 }, (_, i) =>
      play.client.putObject({ Bucket, Key: 'k', Body: `${round} ${i}`, ...condition }),
    );
    const settled = await Promise.allSettled(writers);
    return settled.map((each) => (each.status === 'rejected' ? (each.reason as Error).name : 'done')).sort();
  };
  const oneOfEight = [...Array<string>(7).fill('PreconditionFailed'), 'done'];
  expect(await outcomes('first', { IfNoneMatch: '*' })).toEqual(oneOfEight);
  const { ETag } = await play.client.headObject({ Bucket, Key: 'k' });
  expect(await outcomes('second', { IfMatch: ETag })).toEqual(oneOfEight);
});

test('a copy has the bytes and metadata of its source, of any version', async () => {
  const Bucket = await play.bucket('copies');
  const { VersionId } = await play.client.putObject({
    Bucket,
    Key: 'a b',
    Body: 'old',
    Metadata: { x: '1' },
  });
  await play.client.putObject({ Bucket, Key: 'a b', Body: 'new' });
  const CopySource = `${Bucket}/a%20b?versionId=${VersionId}`;
  const { CopyObjectResult } = await play.client.copyObject({ Bucket, Key: 'c', CopySource });
  expect(CopyObjectResult?.ETag).toBe(md5('old'));
  expect((await play.client.headObject({ Bucket, Key: 'c' })).Metadata).toEqual({ x: '1' });
  const onItself = play.client.copyObject({ Bucket, Key: 'c', CopySource: `${Bucket}/c` });
  await expect(onItself).rejects.toMatchObject({ name: 'InvalidRequest' });
});

test('a default encryption of the bucket holds for what says none itself', async () => {
  const Bucket = await play.bucket('default-encryption');
  const key = await play.key();
  const byDefault = { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID: key };
  const Rules = [{ ApplyServerSideEncryptionByDefault: byDefault, BucketKeyEnabled: true }];
  await play.client.putBucketEncryption({ Bucket, ServerSideEncryptionConfiguration: { Rules } });
  await play.client.putObject({ Bucket, Key: 'k', Body: 'x' });
  const expected = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key, BucketKeyEnabled: true };
  expect(await play.client.headObject({ Bucket, Key: 'k' })).toMatchObject(expected);
  const { ServerSideEncryptionConfiguration } = await play.client.getBucketEncryption({ Bucket });
  expect(ServerSideEncryptionConfiguration?.Rules).toMatchObject(Rules);
});

test('what is not there fails as S3 says it', async () => {
  const Bucket = await play.bucket('missing');
  const failing = [
    [() => play.client.getObject({ Bucket, Key: 'k' }), 'NoSuchKey', 404],
    [() => play.client.headObject({ Bucket, Key: 'k' }), 'NotFound', 404],
    [() => play.client.getObject({ Bucket: 'not-there', Key: 'k' }), 'NoSuchBucket', 404],
    [() => play.client.getObject({ Bucket, Key: 'k', VersionId: 'x' }), 'NoSuchVersion', 404],
    [() => play.client.headBucket({ Bucket: 'not-there' }), 'NotFound', 404],
    [() => play.client.getBucketPolicy({ Bucket }), 'NoSuchBucketPolicy', 404],
    [() => play.client.putObject({ Bucket, Key: 'k'.repeat(1025), Body: 'x' }), 'KeyTooLongError', 400],
    [
      () => play.client.putObject({ Bucket, Key: 'k', Body: 'x', ACL: 'public-read' }),
      'AccessControlListNotSupported',
      400,
    ],
    [() => play.client.putObject({ Bucket, Key: 'k', Body: 'x', ContentMD5: 'no' }), 'InvalidDigest', 400],
    [
      () => play.client.putObject({ Bucket, Key: 'k', Body: 'x', StorageClass: 'OUTPOSTS' }),
      'InvalidStorageClass',
      400,
    ],
  ] as const;
  for (const [attempt, name, httpStatusCode] of failing) {
    await expect(attempt()).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
  }
});
