import { startS3Cloud, type S3Cloud } from './s3-cloud';

let s3Cloud: S3Cloud;
beforeAll(async () => (s3Cloud = await startS3Cloud()));
afterAll(() => s3Cloud.here.close());

test('prefixes, delimiters and pages', async () => {
  const Bucket = await s3Cloud.bucket('listing');
  for (const Key of ['a/1', 'a/2', 'b', 'c/d/3', 'c/e'])
    await s3Cloud.client.putObject({ Bucket, Key, Body: 'x' });
  const list = async (question: object) => {
    const shown: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const answer = await s3Cloud.client.listObjectsV2({ Bucket, ...question, ContinuationToken });
      const page = [
        ...(answer.Contents ?? []).map(({ Key }) => Key!),
        ...(answer.CommonPrefixes ?? []).map(({ Prefix }) => Prefix!),
      ];
      shown.push(page.sort().join(' '));
      ContinuationToken = answer.NextContinuationToken;
    } while (ContinuationToken);
    return shown;
  };
  expect(await list({})).toEqual(['a/1 a/2 b c/d/3 c/e']);
  expect(await list({ Prefix: 'c/' })).toEqual(['c/d/3 c/e']);
  expect(await list({ Delimiter: '/' })).toEqual(['a/ b c/']);
  expect(await list({ Delimiter: '/', MaxKeys: 1 })).toEqual(['a/', 'b', 'c/']);
  expect(await list({ Delimiter: '/', Prefix: 'c/' })).toEqual(['c/d/ c/e']);
  expect(await list({ MaxKeys: 2 })).toEqual(['a/1 a/2', 'b c/d/3', 'c/e']);
  expect(await list({ StartAfter: 'b' })).toEqual(['c/d/3 c/e']);
  const bad = s3Cloud.client.listObjectsV2({ Bucket, ContinuationToken: 'zzz' });
  await expect(bad).rejects.toMatchObject({ name: 'InvalidArgument' });
});
