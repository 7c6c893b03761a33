import { DescribeExecutionCommand, ExecutionDoesNotExist } from '@aws-sdk/client-sfn';
import { fakeClients, setEnvironment } from '../support/fake-clients';

setEnvironment({ ARTIFACTS_BUCKET: 'artifacts' });
let handler: typeof import('../../../lambda/endpoint-lock').handler;
beforeAll(async () => ({ handler } = await import('../../../lambda/endpoint-lock/index.ts')));

const aws = fakeClients();
const LOCK = 'deployment.json';
const mine = { runId: 'run-2', executionArn: 'arn-2' };
const other = { runId: 'run-1', executionArn: 'arn-1' };
const champion = { runId: 'run-0' };
const request = { ...mine, champion: 'run-0' };
const deployable = { 'champion.json': champion, 'challenger.json': null };
const gone = new ExecutionDoesNotExist({ message: 'gone', $metadata: {} });

test('a free endpoint is locked', async () => {
  aws.bucket('artifacts', deployable, [LOCK]);
  expect(await handler(request)).toEqual(mine);
  expect(aws.stored('artifacts', LOCK)).toEqual(mine);
});

test('a retry finds the lock of its own run', async () => {
  aws.bucket('artifacts', { ...deployable, [LOCK]: mine }, [LOCK]);
  expect(await handler(request)).toEqual(mine);
});

test.each([
  ['has ended', { status: 'SUCCEEDED' }],
  ['is forgotten', gone],
])('the lock of an execution that %s is taken over', async (_, answer) => {
  aws.bucket('artifacts', { ...deployable, [LOCK]: other }, [LOCK]);
  aws.expect(DescribeExecutionCommand, { executionArn: 'arn-1' }, answer);
  expect(await handler(request)).toEqual(mine);
  expect(aws.stored('artifacts', LOCK)).toEqual(mine);
});

test('the lock of a start or stop that has ended is taken over', async () => {
  const ended = { action: 'stop', until: new Date(Date.now() - 1).toISOString() };
  aws.bucket('artifacts', { ...deployable, [LOCK]: ended }, [LOCK]);
  expect(await handler(request)).toEqual(mine);
});

test('a run releases its own lock, and others and itself take it over', async () => {
  aws.bucket('artifacts', { [LOCK]: mine }, [LOCK]);
  await handler({ ...request, release: true });
  expect(aws.stored('artifacts', LOCK)).toEqual({ ...mine, released: true });
  aws.bucket('artifacts', deployable);
  await handler(request);
  expect(aws.stored('artifacts', LOCK)).toEqual(mine);
  await handler({ ...request, release: true });
  await handler({ ...request, ...other });
  expect(aws.stored('artifacts', LOCK)).toEqual(other);
  await handler({ ...request, release: true });
  expect(aws.stored('artifacts', LOCK)).toEqual(other);
});

test('a running execution keeps its lock', async () => {
  aws.bucket('artifacts', { [LOCK]: other }, [LOCK]);
  aws.expect(DescribeExecutionCommand, { executionArn: 'arn-1' }, { status: 'RUNNING' });
  await expect(handler(request)).rejects.toMatchObject({ name: 'DeploymentInProgress' });
  expect(aws.stored('artifacts', LOCK)).toEqual(other);
});

test('a start or stop that goes on keeps its lock', async () => {
  const started = { action: 'start', until: new Date(Date.now() + 60_000).toISOString() };
  aws.bucket('artifacts', { [LOCK]: started }, [LOCK]);
  await expect(handler(request)).rejects.toMatchObject({ name: 'EndpointChanging' });
  expect(aws.stored('artifacts', LOCK)).toEqual(started);
});

test.each([
  ['another champion', 'ChampionChanged', { ...deployable, 'champion.json': { runId: 'run-9' } }],
  ['a challenger', 'ChallengerUndecided', { ...deployable, 'challenger.json': { runId: 'run-9' } }],
])('%s is found only with the lock held', async (_, name, objects) => {
  aws.bucket('artifacts', objects, [LOCK]);
  await expect(handler(request)).rejects.toMatchObject({ name });
});
