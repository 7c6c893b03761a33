import { startS3Cloud, type S3Cloud } from './s3-cloud';

let s3Cloud: S3Cloud;
beforeAll(async () => {
  s3Cloud = await startS3Cloud();
  await s3Cloud.bucket('listing');
  for (const Key of ['a/1', 'a/2', 'b', 'c d+e'])
    await s3Cloud.client.putObject({ Bucket: 'listing', Key, Body: 'x' });
});
afterAll(() => s3Cloud.here.close());

const list = (question: object = {}) => s3Cloud.client.listObjects({ Bucket: 'listing', ...question });

test('ListObjects continues after a marker, and returns owners', async () => {
  const all = await list();
  expect(all).toMatchObject({ Name: 'listing', IsTruncated: false, MaxKeys: 1000, Marker: '' });
  expect(all.Contents?.map(({ Key }) => Key)).toEqual(['a/1', 'a/2', 'b', 'c d+e']);
  expect(all.Contents?.[0]).toMatchObject({
    Owner: { ID: '123456789012' },
    StorageClass: 'STANDARD',
    Size: 1,
  });
  const rest = await list({ Marker: 'a/2', MaxKeys: 1 });
  expect(rest).toMatchObject({ IsTruncated: true, Marker: 'a/2', Contents: [{ Key: 'b' }] });
});

test('NextMarker is returned only with a delimiter', async () => {
  expect((await list({ MaxKeys: 1 })).NextMarker).toBeUndefined();
  const first = await list({ MaxKeys: 1, Delimiter: '/' });
  expect(first).toMatchObject({ CommonPrefixes: [{ Prefix: 'a/' }], IsTruncated: true, NextMarker: 'a/' });
  const second = await list({ MaxKeys: 1, Delimiter: '/', Marker: first.NextMarker });
  expect(second).toMatchObject({ Contents: [{ Key: 'b' }], NextMarker: 'b' });
  expect(second.CommonPrefixes).toBeUndefined();
  const last = await list({ MaxKeys: 1, Delimiter: '/', Marker: second.NextMarker });
  expect(last).toMatchObject({ Contents: [{ Key: 'c d+e' }], IsTruncated: false });
  expect(last.NextMarker).toBeUndefined();
});

test('a marker below a common prefix hides the prefix; StartAfter does not', async () => {
  const first = await list({ Delimiter: '/', Marker: 'a/1' });
  expect([first.CommonPrefixes, first.Contents?.map(({ Key }) => Key)]).toEqual([undefined, ['b', 'c d+e']]);
  const second = await s3Cloud.client.listObjectsV2({ Bucket: 'listing', Delimiter: '/', StartAfter: 'a/1' });
  expect(second.CommonPrefixes).toEqual([{ Prefix: 'a/' }]);
});

test('MaxKeys 0 gives an empty page that is not truncated; a negative one is refused', async () => {
  expect(await list({ MaxKeys: 0 })).toMatchObject({ IsTruncated: false, MaxKeys: 0 });
  await expect(list({ MaxKeys: -1 })).rejects.toMatchObject({ name: 'InvalidArgument' });
});

test('keys can be requested URL-encoded, and in no other encoding', async () => {
  const encoded = await list({ EncodingType: 'url', Prefix: 'c ' });
  expect(encoded).toMatchObject({ EncodingType: 'url', Prefix: 'c%20', Contents: [{ Key: 'c%20d%2Be' }] });
  await expect(list({ EncodingType: 'x' })).rejects.toMatchObject({ name: 'InvalidArgument' });
  const second = await s3Cloud.client.listObjectsV2({
    Bucket: 'listing',
    EncodingType: 'url',
    StartAfter: 'b',
  });
  expect(second).toMatchObject({ Contents: [{ Key: 'c%20d%2Be' }], StartAfter: 'b' });
});

test('ListObjectsV2 returns owners only on request', async () => {
  const owners = async (FetchOwner: boolean) =>
    (await s3Cloud.client.listObjectsV2({ Bucket: 'listing', MaxKeys: 1, FetchOwner })).Contents?.[0]?.Owner;
  expect([await owners(false), await owners(true)]).toEqual([undefined, { ID: '123456789012' }]);
});
