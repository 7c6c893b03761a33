import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { fakeClients, payload, serviceError, setEnvironment } from '../support/fake-clients';

setEnvironment({ ARTIFACTS_BUCKET: 'artifacts', ENDPOINT_NAME: 'endpoint', SERVING_KIND: 'realtime' });
let handler: typeof import('../../../lambda/inference').handler;
beforeAll(async () => ({ handler } = await import('../../../lambda/inference/index.ts')));

const aws = fakeClients();
const event = (changes: object = {}) =>
  ({
    ...{ resource: '/predict', httpMethod: 'POST', body: 'a\n1\n', isBase64Encoded: false },
    headers: { 'content-type': 'text/csv' },
    requestContext: { requestId: 'id-1', path: '/v1/predict' },
    ...changes,
  }) as unknown as APIGatewayProxyEvent;

const invoked = (answer: object) =>
  aws.expect(
    InvokeEndpointCommand,
    {
      ...{ EndpointName: 'endpoint', ContentType: 'text/csv', Accept: 'application/json' },
      ...{ Body: Buffer.from('a\n1\n'), InferenceId: 'id-1' },
    },
    answer,
  );
const error = (code: string) => ({ error: expect.objectContaining({ code }) as object });

test('the model’s answer is returned with its variant', async () => {
  invoked({ Body: payload({ predictions: [{ value: 1 }] }), InvokedProductionVariant: 'primary' });
  const { statusCode, body } = await handler(event());
  expect([statusCode, JSON.parse(body)]).toEqual([200, { predictions: [{ value: 1 }], variant: 'primary' }]);
});

test.each<[number, string, object]>([
  [429, 'TooManyRequests', serviceError('ThrottlingException')],
  [504, 'ModelTimeout', serviceError('TimeoutError')],
  [502, 'ModelError', { Body: payload('<html>') }],
  [413, 'PayloadTooLarge', { Body: payload({ predictions: 'x'.repeat(6_291_556) }) }],
])('status %d, %s', async (status, code, answer) => {
  invoked(answer);
  const { statusCode, body } = await handler(event());
  expect([statusCode, JSON.parse(body)]).toEqual([status, error(code)]);
  expect(aws.logs).toEqual([]);
});

test.each([
  ['no model is deployed', null, /no model is deployed yet/],
  ['a champion has no endpoint', { runId: 'run-1' }, /run-1 is not in service.*mlops endpoint restore/],
])('status 503 says that %s', async (_, champion, message) => {
  aws.bucket('artifacts', { 'champion.json': champion });
  invoked(serviceError('ValidationError', 'Endpoint endpoint of account 1 not found.'));
  const { statusCode, body } = await handler(event());
  const text = expect.stringMatching(message) as string;
  expect([statusCode, JSON.parse(body)]).toEqual([
    503,
    { error: { code: 'EndpointUnavailable', message: text } },
  ]);
});

test('an unknown error is a 500 that the log explains', async () => {
  invoked(serviceError('AccessDeniedException'));
  const { statusCode, body } = await handler(event());
  expect([statusCode, JSON.parse(body)]).toEqual([500, error('InternalError')]);
  expect(aws.logs).toMatchObject([{ error: 'AccessDeniedException: AccessDeniedException' }]);
});

test('a request that no model could answer does not reach the endpoint', async () => {
  const { statusCode, body } = await handler(event({ body: '' }));
  expect([statusCode, JSON.parse(body)]).toEqual([400, error('InvalidInput')]);
});

test('GET /schema without a champion', async () => {
  aws.bucket('artifacts', { 'champion.json': null });
  const { statusCode, body } = await handler(event({ resource: '/schema', httpMethod: 'GET' }));
  expect([statusCode, JSON.parse(body)]).toEqual([503, error('EndpointUnavailable')]);
});
