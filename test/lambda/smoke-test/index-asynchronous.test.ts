import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { InvokeEndpointAsyncCommand } from '@aws-sdk/client-sagemaker-runtime';
import { body, fakeClients, setEnvironment } from '../support/fake-clients';

setEnvironment({ ARTIFACTS_BUCKET: 'artifacts', ENDPOINT_NAME: 'endpoint', SERVING_KIND: 'asynchronous' });
let handler: typeof import('../../../lambda/smoke-test').handler;
beforeAll(async () => ({ handler } = await import('../../../lambda/smoke-test/index.ts')));

const aws = fakeClients();
const right = { modelVersion: 'run-1', predictions: [{ value: 1 }] };
const golden = [{ contentType: 'application/json', body: '{"instances":[{"a":1}]}', answer: right }];
/** The request's id is random. */
const put = (end: RegExp) =>
  expect.objectContaining({ Bucket: 'artifacts', Key: expect.stringMatching(end) as string }) as never;

function submitted(): void {
  aws.bucket('artifacts', { 'runs/run-1/evaluation/golden.json': golden });
  aws.expect(PutObjectCommand, put(/^async\/requests\/smoke-test-.+\/input$/), { ETag: '"1"' });
  aws.expect(InvokeEndpointAsyncCommand, expect.objectContaining({ EndpointName: 'endpoint' }) as never, {
    OutputLocation: 's3://artifacts/async/answers/x.out',
    FailureLocation: 's3://artifacts/async/failures/x.out',
  });
  const location = {
    output: 's3://artifacts/async/answers/x.out',
    failure: 's3://artifacts/async/failures/x.out',
  };
  aws.expect(PutObjectCommand, put(/^async\/requests\/smoke-test-.+\/location\.json$/), { ETag: '"1"' });
  aws.expect(GetObjectCommand, put(/location\.json$/), { Body: body(location), ETag: '"1"' });
}

test('the answer is read from where SageMaker wrote it', async () => {
  submitted();
  aws.bucket('artifacts', { 'async/answers/x.out': right });
  expect(await handler({ runId: 'run-1', variants: ['primary'] })).toEqual({ answers: 1 });
});

test('a failure that SageMaker wrote fails the test', async () => {
  submitted();
  aws.bucket('artifacts', { 'async/answers/x.out': null, 'async/failures/x.out': 'out of memory' });
  const failed = handler({ runId: 'run-1', variants: ['primary'] });
  await expect(failed).rejects.toMatchObject({
    name: 'SmokeTestFailed',
    message: expect.stringContaining('out of memory') as string,
  });
});
