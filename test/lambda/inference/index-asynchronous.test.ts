import { InvokeEndpointAsyncCommand } from '@aws-sdk/client-sagemaker-runtime';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { fakeClients, serviceError, setEnvironment } from '../support/fake-clients';

setEnvironment({ ARTIFACTS_BUCKET: 'artifacts', ENDPOINT_NAME: 'endpoint', SERVING_KIND: 'asynchronous' });
let handler: typeof import('../../../lambda/inference').handler;
beforeAll(async () => ({ handler } = await import('../../../lambda/inference/index.ts')));

const aws = fakeClients();
const INPUT = 'async/requests/id-1/input';
const LOCATION = 'async/requests/id-1/location.json';
const location = {
  output: 's3://artifacts/async/answers/x.out',
  failure: 's3://artifacts/async/failures/x.out',
};

const post = {
  ...{ resource: '/predict', httpMethod: 'POST', body: '{"instances":[]}', isBase64Encoded: false },
  headers: { 'content-type': 'application/json' },
  requestContext: { requestId: 'id-1', path: '/v1/predict' },
} as unknown as APIGatewayProxyEvent;
const get = {
  ...{ resource: '/predict/{id}', httpMethod: 'GET', pathParameters: { id: 'id-1' } },
  requestContext: { requestId: 'id-2', path: '/v1/predict/id-1' },
} as unknown as APIGatewayProxyEvent;

const invoked = (answer: object) =>
  aws.expect(
    InvokeEndpointAsyncCommand,
    {
      ...{ EndpointName: 'endpoint', InputLocation: `s3://artifacts/${INPUT}`, InferenceId: 'id-1' },
      ...{ ContentType: 'application/json', Accept: 'application/json' },
    },
    answer,
  );

test('POST stores the request, submits it and returns 202 with the URL of the result', async () => {
  aws.bucket('artifacts', {}, [INPUT, LOCATION]);
  invoked({ OutputLocation: location.output, FailureLocation: location.failure });
  const answer = await handler(post);
  expect(answer).toMatchObject({ statusCode: 202, headers: { location: '/v1/predict/id-1' } });
  expect(aws.stored('artifacts', INPUT)).toEqual({ instances: [] });
  expect(aws.stored('artifacts', LOCATION)).toEqual(location);
});

test('POST to an endpoint that is throttled returns 429', async () => {
  aws.bucket('artifacts', {}, [INPUT]);
  invoked(serviceError('ThrottlingException'));
  expect(await handler(post)).toMatchObject({ statusCode: 429 });
});

test.each<[string, number, Record<string, unknown>]>([
  ['before the model answered', 202, { 'async/answers/x.out': null, 'async/failures/x.out': null }],
  ['with the answer', 200, { 'async/answers/x.out': { predictions: [] } }],
  ['after a failure', 502, { 'async/answers/x.out': null, 'async/failures/x.out': 'out of memory' }],
])('GET %s returns %d', async (_, statusCode, objects) => {
  aws.bucket('artifacts', { [LOCATION]: location, ...objects });
  expect(await handler(get)).toMatchObject({ statusCode });
});

test('GET of an unknown request returns 404', async () => {
  aws.bucket('artifacts', { [LOCATION]: null });
  expect(await handler(get)).toMatchObject({ statusCode: 404 });
});
