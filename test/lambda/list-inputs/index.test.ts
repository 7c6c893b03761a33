import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { fakeClients, serviceError, setEnvironment } from '../support/fake-clients';

setEnvironment({ ARTIFACTS_BUCKET: 'artifacts', DATA_BUCKET: 'data', SETTINGS: { prefix: 'batch/' } });
let handler: typeof import('../../../lambda/list-inputs').handler;
beforeAll(async () => ({ handler } = await import('../../../lambda/list-inputs/index.ts')));

const aws = fakeClients();
const MANIFEST = 'runs/run-1/scoring.manifest';
const manifest = `s3://artifacts/${MANIFEST}`;
const listing = { Bucket: 'data', Prefix: 'batch/' };
const at = (Key: string, minute: number) => ({ Key, LastModified: new Date(minute * 60_000) });
const Contents = [at('batch/done.csv', 1), at('batch/done.csv.out', 2), at('batch/new.csv', 3)];

test.each([
  ['all of them', true, ['done.csv', 'new.csv']],
  ['those without a result', false, ['new.csv']],
])('writes the manifest of %s', async (_, all, names) => {
  aws.bucket('artifacts', {}, [MANIFEST]).expect(ListObjectsV2Command, listing, { Contents });
  expect(await handler({ runId: 'run-1', all, model: 'm' })).toEqual({ objects: names.length, manifest });
  expect(aws.stored('artifacts', MANIFEST)).toEqual([{ prefix: 's3://data/batch/' }, ...names]);
});

test('reads every page of the listing', async () => {
  aws.bucket('artifacts', {}, [MANIFEST]);
  aws.expect(ListObjectsV2Command, listing, { Contents: [Contents[0]], NextContinuationToken: 'next' });
  aws.expect(ListObjectsV2Command, { ...listing, ContinuationToken: 'next' }, { Contents: [Contents[2]] });
  expect(await handler({ runId: 'run-1', all: true, model: 'm' })).toMatchObject({ objects: 2 });
});

test('writes no manifest without inputs', async () => {
  aws.expect(ListObjectsV2Command, listing, {});
  expect(await handler({ runId: 'run-1', all: true, model: 'm' })).toEqual({ objects: 0, manifest });
});

test('lists nothing without a model', async () => {
  expect(await handler({ runId: 'run-1', all: true, model: null })).toEqual({ objects: 0, manifest });
});

test('fails with the error of S3', async () => {
  aws.expect(ListObjectsV2Command, listing, serviceError('AccessDenied'));
  const failed = handler({ runId: 'run-1', all: true, model: 'm' });
  await expect(failed).rejects.toMatchObject({ name: 'AccessDenied' });
  expect(aws.logs).toMatchObject([{ runId: 'run-1', error: 'AccessDenied' }]);
});
