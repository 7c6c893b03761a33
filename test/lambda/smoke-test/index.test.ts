import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { fakeClients, payload, serviceError, setEnvironment } from '../support/fake-clients';

setEnvironment({ ARTIFACTS_BUCKET: 'artifacts', ENDPOINT_NAME: 'endpoint', SERVING_KIND: 'realtime' });
let handler: typeof import('../../../lambda/smoke-test').handler;
beforeAll(async () => ({ handler } = await import('../../../lambda/smoke-test/index.ts')));

const aws = fakeClients();
const GOLDEN = 'runs/run-1/evaluation/golden.json';
const golden = { instances: [{ a: 1 }, { a: 2 }], predictions: [{ value: 1 }, { value: 2 }] };
const right = { modelVersion: 'run-1', predictions: golden.predictions };

const variant = (TargetVariant: string, answer: object) =>
  aws.expect(
    InvokeEndpointCommand,
    {
      ...{ EndpointName: 'endpoint', TargetVariant },
      ...{ ContentType: 'application/json', Accept: 'application/json' },
      Body: JSON.stringify({ instances: golden.instances }),
    },
    answer,
  );
const run = (...variants: string[]) => handler({ runId: 'run-1', variants });

test('every variant answers the golden requests', async () => {
  aws.bucket('artifacts', { [GOLDEN]: golden });
  variant('a', { Body: payload(right) });
  variant('b', { Body: payload(right) });
  expect(await run('a', 'b')).toEqual({ answers: 4 });
});

test.each<[string, object]>([
  ['a wrong prediction', { Body: payload({ ...right, predictions: [{ value: 1 }, { value: 3 }] }) }],
  ['another model version', { Body: payload({ ...right, modelVersion: 'run-0' }) }],
  ['an answer that is not JSON', { Body: payload('<html>') }],
  ['an error of the model', serviceError('ModelError')],
])('%s of the second variant fails the test', async (_, answer) => {
  aws.bucket('artifacts', { [GOLDEN]: golden });
  variant('a', { Body: payload(right) });
  variant('b', answer);
  await expect(run('a', 'b')).rejects.toMatchObject({ name: 'SmokeTestFailed' });
});

test('an error of SageMaker is no verdict on the model', async () => {
  aws.bucket('artifacts', { [GOLDEN]: golden });
  variant('a', serviceError('ThrottlingException'));
  await expect(run('a')).rejects.toMatchObject({ name: 'ThrottlingException' });
});

test('without golden requests the error names the object', async () => {
  aws.bucket('artifacts', { [GOLDEN]: null });
  await expect(run('a')).rejects.toThrow(`s3://artifacts/${GOLDEN}`);
});
