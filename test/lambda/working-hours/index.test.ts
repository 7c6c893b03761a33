import { InvokeCommand } from '@aws-sdk/client-lambda';
import {
  CreateEndpointCommand,
  DeleteEndpointCommand,
  DescribeEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { berlin } from '../../support/working-hours';
import { fakeClients, payload, serviceError, setEnvironment } from '../support/fake-clients';

setEnvironment({
  ...{ ARTIFACTS_BUCKET: 'artifacts', ENDPOINT_NAME: 'endpoint', WORKING_HOURS: berlin, POLL_SECONDS: '0' },
  ...{ RESOURCE_TAGS: [{ Key: 'app', Value: 'mlops' }], SCALE_FUNCTION: 'scale' },
});
let handler: typeof import('../../../lambda/working-hours').handler;
beforeAll(async () => ({ handler } = await import('../../../lambda/working-hours/index.ts')));

const aws = fakeClients();
const LOCK = 'deployment.json';
const byHand = (action: 'start' | 'stop') => ({ source: 'mlops.endpoint', action });
const absent = serviceError('ValidationException', 'Could not find endpoint "endpoint".');
const EndpointName = 'endpoint';

/** The endpoint has these statuses, one a call; null: it does not exist. */
function statuses(...all: (string | null)[]): void {
  for (const EndpointStatus of all)
    aws.expect(
      DescribeEndpointCommand,
      { EndpointName },
      EndpointStatus === null ? absent : { EndpointStatus },
    );
}
const scaling = (action: string, answer: object = {}) =>
  aws.expect(
    InvokeCommand,
    { FunctionName: 'scale', Payload: Buffer.from(JSON.stringify({ action })) },
    answer,
  );
const free = { [LOCK]: null, 'challenger.json': null };
const released = () => {
  const { until } = aws.stored('artifacts', LOCK) as { until: string };
  return Date.parse(until) <= Date.now();
};

test('start creates the endpoint on the champion’s configuration and registers its scaling', async () => {
  const champion = { 'champion.json': { endpointConfigName: 'config' } };
  aws.bucket('artifacts', { ...free, ...champion }, [LOCK]);
  statuses(null, 'Creating', 'InService');
  const created = { EndpointName, EndpointConfigName: 'config', Tags: expect.any(Array) as [] };
  aws.expect(CreateEndpointCommand, created, {});
  scaling('apply');
  expect(await handler(byHand('start'))).toMatchObject({ done: 'started' });
  expect(released()).toBe(true);
});

test('while a challenger is tested, start uses the configuration of the test', async () => {
  const champions = { 'champion.json': { endpointConfigName: 'config' } };
  const challenger = { 'challenger.json': { testConfigName: 'test-config' } };
  aws.bucket('artifacts', { ...free, ...champions, ...challenger }, [LOCK]);
  statuses(null, 'InService');
  const Tags = expect.any(Array) as [];
  aws.expect(CreateEndpointCommand, { EndpointName, EndpointConfigName: 'test-config', Tags }, {});
  scaling('apply');
  expect(await handler(byHand('start'))).toMatchObject({ done: 'started' });
});

test('stop withdraws the scaling first, and then deletes the endpoint', async () => {
  aws.bucket('artifacts', free, [LOCK]);
  statuses('InService', 'Deleting', null);
  scaling('withdraw');
  aws.expect(DeleteEndpointCommand, { EndpointName }, {});
  expect(await handler(byHand('stop'))).toMatchObject({ done: 'stopped' });
  expect(released()).toBe(true);
});

test('an error of the scaling function fails the function, and the lock is released', async () => {
  aws.bucket('artifacts', free, [LOCK]);
  statuses('InService');
  scaling('withdraw', { FunctionError: 'Unhandled', Payload: payload({ errorMessage: 'no permission' }) });
  await expect(handler(byHand('stop'))).rejects.toThrow('no permission');
  expect(released()).toBe(true);
});

test('a run that deploys keeps the endpoint', async () => {
  aws.bucket('artifacts', { ...free, [LOCK]: { runId: 'run-1', executionArn: 'arn-1' } });
  aws.expect(DescribeExecutionCommand, { executionArn: 'arn-1' }, { status: 'RUNNING' });
  const outcome = await handler(byHand('stop'));
  expect(outcome).toEqual({ done: null, reason: expect.stringContaining('arn-1') });
});

test('the end of a run that did not deploy changes nothing', async () => {
  aws.bucket('artifacts', { ...free, [LOCK]: { runId: 'run-1', executionArn: 'arn-1' } });
  const ended = { source: 'aws.states', detail: { executionArn: 'arn-2' } };
  expect(await handler(ended)).toMatchObject({ done: null });
});

test('a start or stop that goes on is not disturbed', async () => {
  const other = { action: 'start', until: new Date(Date.now() + 60_000).toISOString() };
  aws.bucket('artifacts', { ...free, [LOCK]: other });
  await expect(handler(byHand('stop'))).rejects.toMatchObject({ name: 'EndpointChanging' });
  expect(aws.stored('artifacts', LOCK)).toEqual(other);
});
