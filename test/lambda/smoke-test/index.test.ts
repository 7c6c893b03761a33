import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { fakeClients, payload, serviceError, setEnvironment } from '../support/fake-clients';

setEnvironment({ ARTIFACTS_BUCKET: 'artifacts', ENDPOINT_NAME: 'endpoint', SERVING_KIND: 'realtime' });
let handler: typeof import('../../../lambda/smoke-test').handler;
beforeAll(async () => ({ handler } = await import('../../../lambda/smoke-test/index.ts')));

const aws = fakeClients();
const GOLDEN = 'runs/run-1/evaluation/golden.json';
const answer = (value: number) => ({ modelVersion: 'run-1', predictions: [{ value }] });
const golden = [1, 2].map((value) => ({
  ...{ contentType: 'image/png', bodyBase64: Buffer.from([137, value]).toString('base64') },
  answer: answer(value),
}));
const right = golden.map((request) => ({ Body: payload(request.answer) }));

const variant = (TargetVariant: string, answers: readonly object[]) => {
  for (const [index, given] of answers.entries()) {
    aws.expect(
      InvokeEndpointCommand,
      {
        ...{ EndpointName: 'endpoint', TargetVariant },
        ...{ ContentType: 'image/png', Accept: 'application/json' },
        Body: Buffer.from([137, index + 1]),
      },
      given,
    );
  }
};
const run = (...variants: string[]) => handler({ runId: 'run-1', variants });

test('every variant answers the golden requests', async () => {
  aws.bucket('artifacts', { [GOLDEN]: golden });
  variant('a', right);
  variant('b', right);
  expect(await run('a', 'b')).toEqual({ answers: 4 });
});

test.each<[string, object]>([
  ['a wrong prediction', { Body: payload(answer(3)) }],
  ['another model version', { Body: payload({ ...answer(2), modelVersion: 'run-0' }) }],
  ['an answer that is not JSON', { Body: payload('<html>') }],
  ['an error of the model', serviceError('ModelError')],
])('%s of the second variant fails the test', async (_, wrong) => {
  aws.bucket('artifacts', { [GOLDEN]: golden });
  variant('a', right);
  variant('b', [right[0]!, wrong]);
  await expect(run('a', 'b')).rejects.toMatchObject({ name: 'SmokeTestFailed' });
});

test('an error of SageMaker is no verdict on the model', async () => {
  aws.bucket('artifacts', { [GOLDEN]: golden });
  variant('a', [serviceError('ThrottlingException')]);
  await expect(run('a')).rejects.toMatchObject({ name: 'ThrottlingException' });
});

test('without golden requests the error names the object', async () => {
  aws.bucket('artifacts', { [GOLDEN]: null });
  await expect(run('a')).rejects.toThrow(`s3://artifacts/${GOLDEN}`);
});
