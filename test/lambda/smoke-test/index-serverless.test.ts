import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { fakeClients, payload, setEnvironment } from '../support/fake-clients';

setEnvironment({ ARTIFACTS_BUCKET: 'artifacts', ENDPOINT_NAME: 'endpoint', SERVING_KIND: 'serverless' });
let handler: typeof import('../../../lambda/smoke-test').handler;
beforeAll(async () => ({ handler } = await import('../../../lambda/smoke-test/index.ts')));

const aws = fakeClients();

test('a serverless endpoint is called without a target variant', async () => {
  const right = { modelVersion: 'run-1', predictions: [{ value: 1 }] };
  const golden = [{ contentType: 'application/json', body: '{"instances":[{"a":1}]}', answer: right }];
  aws.bucket('artifacts', { 'runs/run-1/evaluation/golden.json': golden });
  const Body = payload(right);
  const request = {
    ...{ EndpointName: 'endpoint', ContentType: 'application/json', Accept: 'application/json' },
    Body: Buffer.from(golden[0]!.body),
  };
  aws.expect(InvokeEndpointCommand, request, { Body });
  expect(await handler({ runId: 'run-1', variants: ['primary'] })).toEqual({ answers: 1 });
});
