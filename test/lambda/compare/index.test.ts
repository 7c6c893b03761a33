import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { fakeClients, serviceError, setEnvironment } from '../support/fake-clients';

setEnvironment({ ARTIFACTS_BUCKET: 'artifacts', ENDPOINT_NAME: 'endpoint', VARIANT_NAME: 'primary' });
let handler: typeof import('../../../lambda/compare').handler;
beforeAll(async () => ({ handler } = await import('../../../lambda/compare/index.ts')));

const aws = fakeClients();
const COMPARISON = 'runs/run-2/comparison.json';
/** One hour folder is listed for each variant. */
const NOW = new Date('2026-11-20T10:30:00Z');
const challenger = { runId: 'run-2', against: 'run-1', deployedAt: '2026-11-20T10:05:00Z' };
const folder = (variant: string) => `capture/endpoint/${variant}/2026/11/20/10/`;

beforeEach(() => jest.useFakeTimers({ now: NOW, doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] }));
afterEach(() => jest.useRealTimers());

const record = (inferenceId: string, value: number) =>
  JSON.stringify({
    captureData: { endpointOutput: { data: JSON.stringify({ predictions: [{ value }] }), encoding: 'JSON' } },
    eventMetadata: { inferenceId },
  });

function captured(variant: string, lines: readonly string[]): void {
  const key = `${folder(variant)}1.jsonl`;
  const listing = { Bucket: 'artifacts', Prefix: folder(variant) };
  aws.expect(ListObjectsV2Command, listing, { Contents: [{ Key: key }] });
  aws.bucket('artifacts', { [key]: `${lines.join('\n')}\n` });
}

test('both models’ answers are joined by request; examples go to S3 only', async () => {
  aws.bucket('artifacts', { 'challenger.json': challenger }, [COMPARISON]);
  captured('primary', [record('1', 100), record('2', 100)]);
  captured('challenger', [record('1', 100), record('2', 150)]);
  const summary = await handler({ runId: 'run-2' });
  expect(summary).toMatchObject({ champion: 'run-1', challenger: 'run-2', requests: 2, agreement: 0.5 });
  expect(summary).not.toHaveProperty('examples');
  expect(aws.stored('artifacts', COMPARISON)).toMatchObject({ ...summary, examples: [{ inferenceId: '2' }] });
});

test('without traffic the agreement is unknown', async () => {
  aws.bucket('artifacts', { 'challenger.json': challenger }, [COMPARISON]);
  for (const variant of ['primary', 'challenger'])
    aws.expect(ListObjectsV2Command, { Bucket: 'artifacts', Prefix: folder(variant) }, {});
  expect(await handler({ runId: 'run-2' })).toMatchObject({ requests: 0, agreement: null });
});

test.each([
  ['there is no challenger', null],
  ['another run has the challenger', { ...challenger, runId: 'run-3' }],
])('fails if %s, and stores nothing', async (_, found) => {
  aws.bucket('artifacts', { 'challenger.json': found });
  await expect(handler({ runId: 'run-2' })).rejects.toThrow('run-2');
});

test('fails with the error of S3', async () => {
  aws.bucket('artifacts', { 'challenger.json': challenger });
  const listing = { Bucket: 'artifacts', Prefix: folder('primary') };
  aws.expect(ListObjectsV2Command, listing, serviceError('AccessDenied'));
  await expect(handler({ runId: 'run-2' })).rejects.toMatchObject({ name: 'AccessDenied' });
});
