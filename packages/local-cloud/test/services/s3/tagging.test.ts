import { startS3Cloud, type S3Cloud } from './s3-cloud';

let s3Cloud: S3Cloud;
let Bucket: string;
beforeAll(async () => {
  s3Cloud = await startS3Cloud();
  Bucket = await s3Cloud.bucket('tagging');
});
afterAll(() => s3Cloud.here.close());

const tagsOf = async (Key: string, VersionId?: string) =>
  (await s3Cloud.client.getObjectTagging({ Bucket, Key, VersionId })).TagSet;
const put = (Key: string, ...TagSet: { Key: string; Value: string }[]) =>
  s3Cloud.client.putObjectTagging({ Bucket, Key, Tagging: { TagSet } });

test('tags are set by an upload, replaced as a set, counted, and deleted', async () => {
  await s3Cloud.client.putObject({ Bucket, Key: 'k', Body: 'x', Tagging: 'b=2&a+b=%C3%BC&c' });
  expect(await tagsOf('k')).toEqual([
    { Key: 'a b', Value: 'ü' },
    { Key: 'b', Value: '2' },
    { Key: 'c', Value: '' },
  ]);
  expect((await s3Cloud.client.headObject({ Bucket, Key: 'k' })).TagCount).toBe(3);
  const { VersionId } = await put('k', { Key: 'only', Value: 'one' });
  expect(VersionId).toBe((await s3Cloud.client.headObject({ Bucket, Key: 'k' })).VersionId);
  const got = await s3Cloud.client.getObject({ Bucket, Key: 'k' });
  expect([got.TagCount, await tagsOf('k')]).toEqual([1, [{ Key: 'only', Value: 'one' }]]);
  await s3Cloud.client.deleteObjectTagging({ Bucket, Key: 'k' });
  expect(await tagsOf('k')).toEqual([]);
  expect((await s3Cloud.client.headObject({ Bucket, Key: 'k' })).TagCount).toBeUndefined();
});

test('each version has its own tags, and a delete marker has none', async () => {
  const first = await s3Cloud.client.putObject({ Bucket, Key: 'v', Body: '1', Tagging: 'n=1' });
  await s3Cloud.client.putObject({ Bucket, Key: 'v', Body: '2' });
  expect([await tagsOf('v'), await tagsOf('v', first.VersionId)]).toEqual([[], [{ Key: 'n', Value: '1' }]]);
  await s3Cloud.client.deleteObject({ Bucket, Key: 'v' });
  await expect(tagsOf('v')).rejects.toMatchObject({
    name: 'MethodNotAllowed',
    ResourceType: 'DeleteMarker',
    $metadata: { httpStatusCode: 405 },
  });
  await expect(tagsOf('not-there')).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test.each([
  [
    'duplicate keys',
    [tag('a', '1'), tag('a', '2')],
    'InvalidTag',
    'Cannot provide multiple Tags with the same key',
  ],
  ['a reserved key', [tag('aws:x', '1')], 'InvalidTag', 'Your TagKey cannot be prefixed with aws:'],
  ['a character', [tag('a,b', '1')], 'InvalidTag', 'The TagKey you have provided is invalid'],
  ['a long key', [tag('k'.repeat(129), '1')], 'InvalidTag', 'The TagKey you have provided is invalid'],
  ['a long value', [tag('k', 'v'.repeat(257))], 'InvalidTag', 'The TagValue you have provided is invalid'],
  [
    'eleven tags',
    Array.from({ length: 11 }, (_, i) => tag(`k${i}`, '')),
    'BadRequest',
    'Object tags cannot be greater than 10',
  ],
])('%s: refused', async (_, tags, name, message) => {
  await s3Cloud.client.putObject({ Bucket, Key: 'limits', Body: 'x' });
  const refused = { name, message, $metadata: { httpStatusCode: 400 } };
  await expect(put('limits', ...tags)).rejects.toMatchObject(refused);
  await put('limits', tag('k'.repeat(128), 'v'.repeat(256)));
});

function tag(Key: string, Value: string) {
  return { Key, Value };
}

test.each(['a=1&a=2', 'a=1,b=2', 'a=%zz'])('the header %s is refused', async (Tagging) => {
  await expect(s3Cloud.client.putObject({ Bucket, Key: 'h', Body: 'x', Tagging })).rejects.toMatchObject({
    name: 'InvalidArgument',
    ArgumentName: 'x-amz-tagging',
    ArgumentValue: Tagging,
  });
});

test('a copy has the tags of its source, or those of the request', async () => {
  await s3Cloud.client.putObject({ Bucket, Key: 'source', Body: 'x', Tagging: 'from=source' });
  const copy = async (Key: string, more: object) => {
    await s3Cloud.client.copyObject({ Bucket, Key, CopySource: `${Bucket}/source`, ...more });
    return tagsOf(Key);
  };
  expect(await copy('c1', {})).toEqual([{ Key: 'from', Value: 'source' }]);
  expect(await copy('c2', { Tagging: 'x=y' })).toEqual([{ Key: 'from', Value: 'source' }]);
  expect(await copy('c3', { Tagging: 'x=y', TaggingDirective: 'REPLACE' })).toEqual([
    { Key: 'x', Value: 'y' },
  ]);
  expect(await copy('c4', { TaggingDirective: 'REPLACE' })).toEqual([]);
});

test('an upload in parts has the tags of its CreateMultipartUpload request', async () => {
  const { UploadId } = await s3Cloud.client.createMultipartUpload({ Bucket, Key: 'parts', Tagging: 'a=b' });
  const { ETag } = await s3Cloud.client.uploadPart({
    Bucket,
    Key: 'parts',
    UploadId,
    PartNumber: 1,
    Body: 'x',
  });
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  await s3Cloud.client.completeMultipartUpload({ Bucket, Key: 'parts', UploadId, MultipartUpload });
  expect(await tagsOf('parts')).toEqual([{ Key: 'a', Value: 'b' }]);
});

test('changes of tags are published to EventBridge', async () => {
  await s3Cloud.client.putBucketNotificationConfiguration({
    Bucket,
    NotificationConfiguration: { EventBridgeConfiguration: {} },
  });
  await s3Cloud.client.putObject({ Bucket, Key: 'e', Body: 'x' });
  const seen: unknown[] = [];
  const listener = ({ 'detail-type': type, detail }: { 'detail-type': string; detail: unknown }) =>
    seen.push([type, detail]);
  s3Cloud.here.cloud.events.subscribe(listener);
  await put('e', tag('a', 'b'));
  await s3Cloud.client.deleteObjectTagging({ Bucket, Key: 'e' });
  const { ETag, VersionId } = await s3Cloud.client.headObject({ Bucket, Key: 'e' });
  const object = { key: 'e', etag: ETag!.replaceAll('"', ''), 'version-id': VersionId };
  expect(seen).toEqual([
    ['Object Tags Added', expect.objectContaining({ object })],
    ['Object Tags Deleted', expect.objectContaining({ object })],
  ]);
});

test('tags are present after a restart', async () => {
  await s3Cloud.client.putObject({ Bucket, Key: 'kept', Body: 'x', Tagging: 'a=b' });
  await s3Cloud.restart();
  expect(await tagsOf('kept')).toEqual([{ Key: 'a', Value: 'b' }]);
});
