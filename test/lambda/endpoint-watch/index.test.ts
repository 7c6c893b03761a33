import { DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import type { EndpointNow } from '../../../lib/contract/production';
import { CHAMPION } from '../../templates/support/dry-run';
import { fakeClients, serviceError, setEnvironment } from '../support/fake-clients';

setEnvironment({
  ...{ ARTIFACTS_BUCKET: 'artifacts', RESOURCE_PREFIX: 'mlops-dev', ENDPOINT_NAME: 'e' },
  SETTINGS: { pauseSeconds: 0, workingHours: null },
});
let handler: typeof import('../../../lambda/endpoint-watch').handler;
beforeAll(async () => ({ handler } = await import('../../../lambda/endpoint-watch/index.ts')));

const aws = fakeClients();
const CONFIG = CHAMPION.endpointConfigName;
const LOCK = { runId: 'run-1', executionArn: 'arn' };

/** Expects looks at the endpoint. @param looks null: it does not exist */
function account(records: Record<string, unknown>, ...looks: (EndpointNow | null)[]): void {
  const none = { 'champion.json': CHAMPION, 'challenger.json': null, 'deployment.json': null };
  aws.bucket('artifacts', { ...none, ...records });
  for (const look of looks)
    aws.expect(
      DescribeEndpointCommand,
      { EndpointName: 'e' },
      look
        ? { EndpointStatus: look.status, EndpointConfigName: look.config }
        : serviceError('ValidationException', 'Could not find endpoint "arn".'),
    );
}
const on = (config: string, status = 'InService') => ({ status, config });

test.each<[string, Record<string, unknown>, (EndpointNow | null)[], number]>([
  ['the champion', {}, [on(CONFIG)], 0],
  ['nothing, and there is no champion yet', { 'champion.json': null }, [null], 0],
  ['a test', { 'challenger.json': { runId: 'run-2', testConfigName: 'test' } }, [on('test')], 0],
  ['another configuration', {}, [on('x'), on('x')], 1],
  ['another configuration, until the rollback is recorded', {}, [on('x'), on(CONFIG)], 0],
  ['nothing: it was deleted', {}, [null, null], 1],
  ['nothing: it is being deleted', {}, [on(CONFIG, 'Deleting'), on(CONFIG, 'Deleting')], 1],
  ['nothing: it failed', {}, [on(CONFIG, 'Failed'), on(CONFIG, 'Failed')], 1],
  [
    'nothing, after a run that released the lock',
    { 'deployment.json': { ...LOCK, released: true } },
    [null, null],
    1,
  ],
])('an endpoint that serves %s', async (_, records, looks, faults) => {
  account(records, ...looks);
  await handler();
  expect(aws.metrics).toMatchObject({ EndpointFaults: faults, Environment: 'mlops-dev' });
});

test.each(['RUNNING', 'FAILED'])('while the lock is that of a run that is %s', async (status) => {
  account({ 'deployment.json': LOCK }, on('candidate'), on('candidate'));
  for (let look = 0; look < 2; look++)
    aws.expect(DescribeExecutionCommand, { executionArn: 'arn' }, { status });
  expect((await handler()).kind).toBe(status === 'RUNNING' ? 'changing' : 'fault');
  expect(aws.metrics.EndpointFaults).toBe(status === 'RUNNING' ? undefined : 1);
});

test('an update says nothing: its end does', async () => {
  account({}, on('x', 'Updating'), on('x', 'Updating'));
  expect(await handler()).toEqual({ kind: 'changing' });
  expect(aws.metrics).toEqual({});
});
