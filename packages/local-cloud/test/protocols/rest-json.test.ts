import { SageMakerRuntime } from '@aws-sdk/client-sagemaker-runtime';
import { ServiceError } from '../../src/model/errors';
import { sagemakerRuntime } from '../../src/services/sagemaker-runtime';
import { fake } from '../support/fake';
import { testCloud, type TestCloud } from '../support/test-cloud';

/** An endpoint that returns its input, as a service on this core would. */
const echo = fake(sagemakerRuntime, () => ({
  operations: {
    async InvokeEndpoint({ EndpointName, ContentType, TargetVariant, Body }) {
      if (EndpointName === 'broken') {
        const members = { OriginalStatusCode: 500, OriginalMessage: 'boom', LogStreamArn: 'arn:logs' };
        throw new ServiceError('ModelError', 'Received server error (500) from the container', { members });
      }
      if (EndpointName === 'buggy') throw new Error('a bug in the handler');
      if (EndpointName === 'misspelt') return { Body: Buffer.from(''), InvokedVariant: 'x' } as never;
      return {
        Body: Buffer.concat([Buffer.from('got '), Body as Uint8Array]),
        ContentType,
        InvokedProductionVariant: TargetVariant,
      };
    },
  },
}));

let here: TestCloud;
let client: SageMakerRuntime;
beforeAll(async () => {
  here = await testCloud([echo]);
  client = new SageMakerRuntime(here.client);
});
afterAll(() => here.close());

const invoke = (EndpointName: string, more: object = {}) =>
  client.invokeEndpoint({ EndpointName, Body: 'x', ...more });

test('path, headers and bytes are read; headers and bytes are written', async () => {
  const Body = new Uint8Array([0, 255, 128]);
  const answer = await invoke('my-endpoint', { Body, ContentType: 'text/csv', TargetVariant: 'blue' });
  expect(answer).toMatchObject({ ContentType: 'text/csv', InvokedProductionVariant: 'blue' });
  expect(Buffer.from(answer.Body)).toEqual(Buffer.concat([Buffer.from('got '), Buffer.from(Body)]));
});

test('an error has its name, its status from the schema, and its members', async () => {
  await expect(invoke('broken')).rejects.toMatchObject({
    name: 'ModelError',
    message: 'Received server error (500) from the container',
    OriginalStatusCode: 500,
    OriginalMessage: 'boom',
    $metadata: { httpStatusCode: 424 },
  });
});

test('a bug is a 500 with its cause', async () => {
  await expect(invoke('buggy')).rejects.toMatchObject({
    name: 'InternalFailure',
    message: expect.stringContaining('a bug in the handler'),
    $metadata: { httpStatusCode: 500 },
  });
});

test('an answer with a member that the service does not have is a bug too', async () => {
  await expect(invoke('misspelt')).rejects.toThrow(
    /answer of sagemakerruntime:InvokeEndpoint is malformed: Unknown field 'InvokedVariant'/,
  );
});
