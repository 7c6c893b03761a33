import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { Uint8ArrayBlobAdapter } from '@smithy/core/serde';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { modelFacts } from '../../../lib/config';
import { local } from '../../support/configs';
import { fakeClients, setEnvironment } from '../support/fake-clients';

/** A model that makes a mask of an image, or describes it. */
const accepts = [{ contentType: 'image/png', binary: true, schema: null }];
const returns = ['image/png', 'application/json', 'text/csv'];
setEnvironment(
  { ARTIFACTS_BUCKET: 'artifacts', ENDPOINT_NAME: 'endpoint', SERVING_KIND: 'realtime' },
  modelFacts({ ...local, api: { ...local.api, accepts, returns } }),
);
let handler: typeof import('../../../lambda/inference').handler;
beforeAll(async () => ({ handler } = await import('../../../lambda/inference/index.ts')));

const aws = fakeClients();
const IMAGE = Buffer.from([0x89, 0x50, 0x00, 0xff]);
const event = {
  ...{ resource: '/predict', httpMethod: 'POST', body: IMAGE.toString('base64'), isBase64Encoded: true },
  headers: { 'content-type': 'image/png' },
  requestContext: { requestId: 'id-1', path: '/v1/predict' },
} as unknown as APIGatewayProxyEvent;

const answers = (Body: Uint8Array, ContentType: string) =>
  aws.expect(
    InvokeEndpointCommand,
    {
      ...{ EndpointName: 'endpoint', ContentType: 'image/png', Accept: 'image/png' },
      ...{ Body: IMAGE, InferenceId: 'id-1' },
    },
    {
      Body: Uint8ArrayBlobAdapter.mutate(Uint8Array.from(Body)),
      ContentType,
      InvokedProductionVariant: 'primary',
    },
  );

test('bytes reach the endpoint, and its bytes the caller', async () => {
  answers(IMAGE, 'image/png');
  expect(await handler(event)).toEqual({
    statusCode: 200,
    headers: { 'content-type': 'image/png', 'x-variant': 'primary' },
    body: IMAGE.toString('base64'),
    isBase64Encoded: true,
  });
});

test.each([
  ['text/csv', '0.1,0.9', '0.1,0.9'],
  ['application/json', '{"a":1}', '{"a":1,"variant":"primary"}'],
  ['application/json', '[1]', '[1]'],
])('an answer of the type %s is text: %s', async (type, text, body) => {
  answers(Buffer.from(text), type);
  expect(await handler(event)).toMatchObject({ statusCode: 200, body, isBase64Encoded: false });
});

test('an answer of a type that the model does not return is the model’s fault', async () => {
  answers(IMAGE, 'image/gif');
  const { statusCode, body } = await handler(event);
  expect(statusCode).toBe(502);
  expect(body).toMatch(/answered \\"image\/gif\\"; must be image\/png or application\/json or text\/csv/);
});
