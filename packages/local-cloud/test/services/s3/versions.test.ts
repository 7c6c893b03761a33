import { startS3Cloud, type S3Cloud } from './s3-cloud';

let s3Cloud: S3Cloud;
beforeAll(async () => (s3Cloud = await startS3Cloud()));
afterAll(() => s3Cloud.here.close());

test('every version stays readable; a delete only hides the object, and its marker can be removed', async () => {
  const Bucket = await s3Cloud.bucket('versions');
  const { VersionId: first } = await s3Cloud.client.putObject({ Bucket, Key: 'k', Body: 'one' });
  const { VersionId: second } = await s3Cloud.client.putObject({ Bucket, Key: 'k', Body: 'two' });
  expect([await s3Cloud.read(Bucket, 'k'), await s3Cloud.read(Bucket, 'k', first)]).toEqual(['two', 'one']);

  const { DeleteMarker, VersionId: marker } = await s3Cloud.client.deleteObject({ Bucket, Key: 'k' });
  expect(DeleteMarker).toBe(true);
  await expect(s3Cloud.read(Bucket, 'k')).rejects.toMatchObject({ name: 'NoSuchKey' });
  await expect(s3Cloud.read(Bucket, 'k', marker)).rejects.toMatchObject({ name: 'MethodNotAllowed' });
  expect((await s3Cloud.client.listObjectsV2({ Bucket })).KeyCount).toBe(0);

  const listed = await s3Cloud.client.listObjectVersions({ Bucket });
  expect(listed.Versions?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([
    [second, false],
    [first, false],
  ]);
  expect(listed.DeleteMarkers).toMatchObject([{ Key: 'k', VersionId: marker, IsLatest: true }]);

  await s3Cloud.client.deleteObject({ Bucket, Key: 'k', VersionId: marker });
  expect(await s3Cloud.read(Bucket, 'k')).toBe('two');
  await s3Cloud.client.deleteObject({ Bucket, Key: 'k', VersionId: second });
  expect(await s3Cloud.read(Bucket, 'k')).toBe('one');
});

test('pages of versions can continue within a key', async () => {
  const Bucket = await s3Cloud.bucket('version-pages');
  for (const Key of ['a', 'a', 'a', 'b']) await s3Cloud.client.putObject({ Bucket, Key, Body: Key });
  const seen: string[] = [];
  let more: { KeyMarker?: string; VersionIdMarker?: string } = {};
  do {
    const answer = await s3Cloud.client.listObjectVersions({ Bucket, MaxKeys: 2, ...more });
    seen.push(...(answer.Versions ?? []).map(({ Key, IsLatest }) => `${Key}${IsLatest}`));
    more = { KeyMarker: answer.NextKeyMarker, VersionIdMarker: answer.NextVersionIdMarker };
  } while (more.KeyMarker);
  expect(seen).toEqual(['atrue', 'afalse', 'afalse', 'btrue']);
});

test('common prefixes count in pages of versions', async () => {
  const Bucket = await s3Cloud.bucket('folded-versions');
  for (const Key of ['f/a/1', 'f/a/2', 'f/b', 'f/c'])
    await s3Cloud.client.putObject({ Bucket, Key, Body: Key, StorageClass: 'STANDARD_IA' });
  const list = (more: object) =>
    s3Cloud.client.listObjectVersions({ Bucket, Prefix: 'f/', Delimiter: '/', MaxKeys: 1, ...more });
  const first = await list({});
  expect(first).toMatchObject({
    ...{ CommonPrefixes: [{ Prefix: 'f/a/' }], IsTruncated: true, NextKeyMarker: 'f/a/' },
  });
  expect([first.Versions, first.NextVersionIdMarker]).toEqual([undefined, undefined]);
  const second = await list({ KeyMarker: first.NextKeyMarker });
  expect(second.Versions).toMatchObject([{ Key: 'f/b', StorageClass: 'STANDARD_IA' }]);
  const KeyMarker = second.NextKeyMarker;
  const last = await list({ KeyMarker, VersionIdMarker: second.NextVersionIdMarker });
  expect(last).toMatchObject({ Versions: [{ Key: 'f/c' }], IsTruncated: false });
  await expect(list({ VersionIdMarker: 'x' })).rejects.toMatchObject({ name: 'InvalidArgument' });
});

test('without versioning an object is replaced, and a bucket with objects cannot be deleted', async () => {
  const Bucket = await s3Cloud.bucket('unversioned', { versioned: false });
  const { VersionId } = await s3Cloud.client.putObject({ Bucket, Key: 'k', Body: 'one' });
  expect(VersionId).toBeUndefined();
  await s3Cloud.client.putObject({ Bucket, Key: 'k', Body: 'two' });
  expect((await s3Cloud.client.listObjectVersions({ Bucket })).Versions).toHaveLength(1);
  await expect(s3Cloud.client.deleteBucket({ Bucket })).rejects.toMatchObject({ name: 'BucketNotEmpty' });
  const { Deleted } = await s3Cloud.client.deleteObjects({
    Bucket,
    Delete: { Objects: [{ Key: 'k' }, { Key: 'other' }] },
  });
  expect(Deleted?.map(({ Key }) => Key)).toEqual(['k', 'other']);
  await s3Cloud.client.deleteBucket({ Bucket });
  await expect(s3Cloud.client.headBucket({ Bucket })).rejects.toMatchObject({ name: 'NotFound' });
});
