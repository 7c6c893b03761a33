import { randomBytes } from 'node:crypto';
import { startS3Cloud, type S3Cloud } from './s3-cloud';

let s3Cloud: S3Cloud;
let Bucket: string;
let UploadId: string;
const source = randomBytes(6 * 1024 * 1024);
const HOUR = 3_600_000;

beforeAll(async () => {
  s3Cloud = await startS3Cloud();
  Bucket = await s3Cloud.bucket('copies');
  await s3Cloud.client.putObject({ Bucket, Key: 'source', Body: source });
  UploadId = (await s3Cloud.client.createMultipartUpload({ Bucket, Key: 'k' })).UploadId!;
});
afterAll(() => s3Cloud.here.close());

const copyPart = (more: object = {}, PartNumber = 1) =>
  s3Cloud.client.uploadPartCopy({
    Bucket,
    Key: 'k',
    UploadId,
    PartNumber,
    CopySource: `${Bucket}/source`,
    ...more,
  });

test('parts are copied from ranges of a version', async () => {
  const { VersionId } = await s3Cloud.client.headObject({ Bucket, Key: 'source' });
  const CopySource = `${Bucket}/source?versionId=${VersionId}`;
  const first = 5 * 1024 * 1024;
  const one = await copyPart({ CopySource, CopySourceRange: `bytes=0-${first - 1}` }, 1);
  expect(one).toMatchObject({
    CopySourceVersionId: VersionId,
    CopyPartResult: { LastModified: expect.any(Date) },
  });
  const two = await copyPart({ CopySourceRange: `bytes=${first}-${source.length - 1}` }, 2);
  const Parts = [one, two].map(({ CopyPartResult }, i) => ({
    PartNumber: i + 1,
    ETag: CopyPartResult!.ETag,
  }));
  await s3Cloud.client.completeMultipartUpload({ Bucket, Key: 'k', UploadId, MultipartUpload: { Parts } });
  const got = await s3Cloud.client.getObject({ Bucket, Key: 'k' });
  expect(source.equals(await got.Body!.transformToByteArray())).toBe(true);
  UploadId = (await s3Cloud.client.createMultipartUpload({ Bucket, Key: 'k' })).UploadId!;
});

const FORM = /must be of the form bytes=first-last/;
test.each([
  ['0-8', 'InvalidArgument', FORM],
  ['bytes=1-0', 'InvalidArgument', FORM],
  ['bytes=1-', 'InvalidArgument', FORM],
  ['bytes=0-99999999', 'InvalidArgument', /not valid for source object of size: 6291456/],
  ['bytes=99999998-99999999', 'InvalidRequest', /The specified copy range is invalid/],
])('the range %s is refused', async (CopySourceRange, name, message) => {
  await expect(copyPart({ CopySourceRange })).rejects.toMatchObject({
    name,
    message: expect.stringMatching(message),
  });
});

test.each([
  ['CopySourceIfMatch', '"other"', 'If-Match'],
  ['CopySourceIfNoneMatch', '*', 'If-None-Match'],
  ['CopySourceIfModifiedSince', 'now', 'If-Modified-Since'],
  ['CopySourceIfUnmodifiedSince', 'before', 'If-Unmodified-Since'],
])('the condition %s: %s fails, for parts and objects', async (name, value, condition) => {
  const { LastModified } = await s3Cloud.client.headObject({ Bucket, Key: 'source' });
  const time = value === 'now' ? LastModified : new Date(LastModified!.getTime() - HOUR);
  const conditions = { [name]: /Since/.test(name) ? time : value };
  const failure = { name: 'PreconditionFailed', Condition: `x-amz-copy-source-${condition}` };
  await expect(copyPart(conditions)).rejects.toMatchObject(failure);
  const whole = s3Cloud.client.copyObject({
    Bucket,
    Key: 'c',
    CopySource: `${Bucket}/source`,
    ...conditions,
  });
  await expect(whole).rejects.toMatchObject(failure);
});

test('conditions that hold: a date condition is ignored if an ETag matches, and so is a future date', async () => {
  const { ETag } = await s3Cloud.client.headObject({ Bucket, Key: 'source' });
  await copyPart({ CopySourceIfMatch: ETag, CopySourceIfUnmodifiedSince: new Date(0) });
  await copyPart({ CopySourceIfNoneMatch: '"other"' });
  await copyPart({ CopySourceIfModifiedSince: new Date(Date.now() + HOUR) });
});

test('the destination of a copy can have conditions too', async () => {
  const CopySource = `${Bucket}/source`;
  const copy = (more: object) => s3Cloud.client.copyObject({ Bucket, Key: 'once', CopySource, ...more });
  await copy({ IfNoneMatch: '*' });
  await expect(copy({ IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  await expect(copy({ IfMatch: '*' })).rejects.toMatchObject({ name: 'NotImplemented', Header: 'If-Match' });
  await expect(copy({ IfMatch: '"x"', IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'NotImplemented' });
});

test('a copy has the storage class of its request; an archived source cannot be copied or read', async () => {
  await s3Cloud.client.putObject({ Bucket, Key: 'cold', Body: 'x', StorageClass: 'GLACIER' });
  const copy = s3Cloud.client.copyObject({ Bucket, Key: 'c', CopySource: `${Bucket}/cold` });
  await expect(copy).rejects.toMatchObject({ name: 'ObjectNotInActiveTierError' });
  const read = s3Cloud.client.getObject({ Bucket, Key: 'cold' });
  await expect(read).rejects.toMatchObject({ name: 'InvalidObjectState', StorageClass: 'GLACIER' });
  expect((await s3Cloud.client.headObject({ Bucket, Key: 'cold' })).StorageClass).toBe('GLACIER');
  await s3Cloud.client.putObject({ Bucket, Key: 'ia', Body: 'x', StorageClass: 'STANDARD_IA' });
  await s3Cloud.client.copyObject({ Bucket, Key: 'c', CopySource: `${Bucket}/ia` });
  expect((await s3Cloud.client.headObject({ Bucket, Key: 'c' })).StorageClass).toBeUndefined();
});

test('the source can be a version, but not a delete marker', async () => {
  await s3Cloud.client.putObject({ Bucket, Key: 'gone', Body: 'x' });
  const { VersionId } = await s3Cloud.client.deleteObject({ Bucket, Key: 'gone' });
  await expect(copyPart({ CopySource: `${Bucket}/gone` })).rejects.toMatchObject({ name: 'NoSuchKey' });
  const marker = copyPart({ CopySource: `${Bucket}/gone?versionId=${VersionId}` });
  await expect(marker).rejects.toMatchObject({ name: 'InvalidRequest' });
  await expect(copyPart({ CopySource: 'nothing' })).rejects.toMatchObject({ name: 'InvalidArgument' });
});
