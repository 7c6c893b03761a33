import { Uint8ArrayBlobAdapter } from '@smithy/core/serde';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { modelFacts } from '../../../lib/config';
import { local } from '../../support/configs';
import { fakeClients, payload, serviceError, setEnvironment } from '../support/fake-clients';

const accepts = [{ contentType: 'image/png', binary: true, schema: null }];
const returns = ['application/json', 'image/png'];
setEnvironment(
  { ARTIFACTS_BUCKET: 'artifacts', ENDPOINT_NAME: 'endpoint', SERVING_KIND: 'realtime' },
  modelFacts({ ...local, api: { ...local.api, accepts, returns } }),
);
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

test.each([
  'ModelNotReadyException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'InternalFailure',
  'InternalDependencyException',
  'ThrottlingException',
])('%s is no verdict on the model: the state is retried', async (name) => {
  aws.bucket('artifacts', { [GOLDEN]: golden });
  variant('a', [serviceError(name, 'later')]);
  const failed = run('a');
  await expect(failed).rejects.toMatchObject({ name: 'EndpointNotReady' });
  await expect(failed).rejects.toThrow(
    `variant a of endpoint endpoint cannot answer a golden request (image/png): later (${name})`,
  );
});

test.each([
  [500, 'EndpointNotReady'],
  [503, 'EndpointNotReady'],
  [415, 'SmokeTestFailed'],
  [400, 'SmokeTestFailed'],
])('a model that answers %i is %s', async (OriginalStatusCode, name) => {
  aws.bucket('artifacts', { [GOLDEN]: golden });
  variant('a', [Object.assign(serviceError('ModelError', 'why'), { OriginalStatusCode })]);
  await expect(run('a')).rejects.toMatchObject({ name });
});

test('a missing permission is neither', async () => {
  aws.bucket('artifacts', { [GOLDEN]: golden });
  variant('a', [serviceError('AccessDeniedException')]);
  await expect(run('a')).rejects.toMatchObject({ name: 'AccessDeniedException' });
});

test('an answer of bytes is compared as base64', async () => {
  aws.bucket('artifacts', { [GOLDEN]: [{ ...golden[0]!, answer: 'iVAA/w==' }] });
  const image = (...bytes: number[]) => ({
    Body: Uint8ArrayBlobAdapter.mutate(Uint8Array.from(bytes)),
    ContentType: 'image/png',
  });
  variant('a', [image(0x89, 0x50, 0x00, 0xff)]);
  expect(await run('a')).toEqual({ answers: 1 });
  aws.bucket('artifacts', { [GOLDEN]: [{ ...golden[0]!, answer: 'iVAA/w==' }] });
  variant('a', [image(0x89, 0x50, 0x00, 0xfe)]);
  await expect(run('a')).rejects.toThrow('expected "iVAA/w==", given "iVAA/g=="');
});

// The endpoint may accept what the API refuses: clients could not ask the model.
test.each<[string, unknown, RegExp]>([
  [
    'another content type',
    [golden[0]!, { contentType: 'image/gif', body: 'x', answer: 1 }],
    /^golden request 1 has the content type "image\/gif"; must be image\/png, as api\.accepts/,
  ],
  ['no content type', [{ body: 'x', answer: 1 }], /^golden request 0 /],
  ['no request', [], /golden\.json has no request/],
  ['another form', { instances: [] }, /golden\.json has no request/],
])('golden requests of %s fail the test before any is sent', async (_, stored, message) => {
  aws.bucket('artifacts', { [GOLDEN]: stored });
  const failed = run('a');
  await expect(failed).rejects.toMatchObject({ name: 'SmokeTestFailed' });
  await expect(failed).rejects.toThrow(message);
});

test('a golden request that the model refuses fails the test with its content type', async () => {
  aws.bucket('artifacts', { [GOLDEN]: golden });
  variant('a', [serviceError('ModelError', 'Received client error (415) from primary')]);
  const failed = run('a');
  await expect(failed).rejects.toMatchObject({ name: 'SmokeTestFailed' });
  await expect(failed).rejects.toThrow(/golden request \(image\/png\): .*415/);
});

test('without golden requests the error names the object', async () => {
  aws.bucket('artifacts', { [GOLDEN]: null });
  await expect(run('a')).rejects.toThrow(`s3://artifacts/${GOLDEN}`);
});
