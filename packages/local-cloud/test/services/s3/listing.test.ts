import { s3Playground, type S3Playground } from './s3-playground';

let play: S3Playground;
beforeAll(async () => (play = await s3Playground()));
afterAll(() => play.here.close());

test('prefixes, delimiters and pages', async () => {
  const Bucket = await play.bucket('listing');
  for (const Key of ['a/1', 'a/2', 'b', 'c/d/3', 'c/e'])
    await play.client.putObject({ Bucket, Key, Body: 'x' });
  const list = async (question: object) => {
    const shown: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const answer = await play.client.listObjectsV2({ Bucket, ...question, ContinuationToken });
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
  const bad = play.client.listObjectsV2({ Bucket, ContinuationToken: 'zzz' });
  await expect(bad).rejects.toMatchObject({ name: 'InvalidArgument' });
});
