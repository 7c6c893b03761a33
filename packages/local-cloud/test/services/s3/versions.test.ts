import { s3Playground, type S3Playground } from './s3-playground';

let play: S3Playground;
beforeAll(async () => (play = await s3Playground()));
afterAll(() => play.here.close());

test('every version stays readable; a delete only hides, and its marker can be removed', async () => {
  const Bucket = await play.bucket('versions');
  const { VersionId: first } = await play.client.putObject({ Bucket, Key: 'k', Body: 'one' });
  const { VersionId: second } = await play.client.putObject({ Bucket, Key: 'k', Body: 'two' });
  expect([await play.read(Bucket, 'k'), await play.read(Bucket, 'k', first)]).toEqual(['two', 'one']);

  const { DeleteMarker, VersionId: marker } = await play.client.deleteObject({ Bucket, Key: 'k' });
  expect(DeleteMarker).toBe(true);
  await expect(play.read(Bucket, 'k')).rejects.toMatchObject({ name: 'NoSuchKey' });
  await expect(play.read(Bucket, 'k', marker)).rejects.toMatchObject({ name: 'MethodNotAllowed' });
  expect((await play.client.listObjectsV2({ Bucket })).KeyCount).toBe(0);

  const listed = await play.client.listObjectVersions({ Bucket });
  expect(listed.Versions?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([
    [second, false],
    [first, false],
  ]);
  expect(listed.DeleteMarkers).toMatchObject([{ Key: 'k', VersionId: marker, IsLatest: true }]);

  await play.client.deleteObject({ Bucket, Key: 'k', VersionId: marker });
  expect(await play.read(Bucket, 'k')).toBe('two');
  await play.client.deleteObject({ Bucket, Key: 'k', VersionId: second });
  expect(await play.read(Bucket, 'k')).toBe('one');
});

test('pages of versions go on inside a key', async () => {
  const Bucket = await play.bucket('version-pages');
  for (const Key of ['a', 'a', 'a', 'b']) await play.client.putObject({ Bucket, Key, Body: Key });
  const seen: string[] = [];
  let more: { KeyMarker?: string; VersionIdMarker?: string } = {};
  do {
    const answer = await play.client.listObjectVersions({ Bucket, MaxKeys: 2, ...more });
    seen.push(...(answer.Versions ?? []).map(({ Key, IsLatest }) => `${Key}${IsLatest}`));
    more = { KeyMarker: answer.NextKeyMarker, VersionIdMarker: answer.NextVersionIdMarker };
  } while (more.KeyMarker);
  expect(seen).toEqual(['atrue', 'afalse', 'afalse', 'btrue']);
});

test('common prefixes count in pages of versions', async () => {
  const Bucket = await play.bucket('folded-versions');
  for (const Key of ['f/a/1', 'f/a/2', 'f/b', 'f/c'])
    await play.client.putObject({ Bucket, Key, Body: Key, StorageClass: 'STANDARD_IA' });
  const list = (more: object) =>
    play.client.listObjectVersions({ Bucket, Prefix: 'f/', Delimiter: '/', MaxKeys: 1, ...more });
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

test('without versioning an object is replaced, and a bucket with anything in it cannot go', async () => {
  const Bucket = await play.bucket('unversioned', { versioned: false });
  const { VersionId } = await play.client.putObject({ Bucket, Key: 'k', Body: 'one' });
  expect(VersionId).toBeUndefined();
  await play.client.putObject({ Bucket, Key: 'k', Body: 'two' });
  expect((await play.client.listObjectVersions({ Bucket })).Versions).toHaveLength(1);
  await expect(play.client.deleteBucket({ Bucket })).rejects.toMatchObject({ name: 'BucketNotEmpty' });
  const { Deleted } = await play.client.deleteObjects({
    Bucket,
    Delete: { Objects: [{ Key: 'k' }, { Key: 'other' }] },
  });
  expect(Deleted?.map(({ Key }) => Key)).toEqual(['k', 'other']);
  await play.client.deleteBucket({ Bucket });
  await expect(play.client.headBucket({ Bucket })).rejects.toMatchObject({ name: 'NotFound' });
});
