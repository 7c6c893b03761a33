import type { AsyncInferenceConfig } from '@aws-sdk/client-sagemaker';
import type { InvokeEndpointAsyncCommandInput } from '@aws-sdk/client-sagemaker-runtime';
import { serving, type Serving } from './serving';

let here: Serving;
beforeAll(async () => (here = await serving()));
afterEach(() => here.reset());
afterAll(() => here.jobsCloud.close());

const TOPIC = 'arn:aws:sns:us-east-1:123456789012';
const ROLE_SESSION = 'arn:aws:sts::123456789012:assumed-role/Job/SageMaker';

async function endpoint(word = 'one', client: AsyncInferenceConfig['ClientConfig'] = undefined) {
  const AsyncInferenceConfig = {
    ClientConfig: client,
    OutputConfig: {
      S3OutputPath: 's3://bucket/out/',
      S3FailurePath: 's3://bucket/failed',
      NotificationConfig: { SuccessTopic: `${TOPIC}:good`, ErrorTopic: `${TOPIC}:bad` },
    },
  };
  return here.endpoint(await here.config([word], {}, { AsyncInferenceConfig }));
}

async function send(EndpointName: string, body: string, more: Partial<InvokeEndpointAsyncCommandInput> = {}) {
  const key = here.name('input');
  await here.jobsCloud.put(key, body);
  const InputLocation = `s3://bucket/${key}`;
  const answer = await here.runtime.invokeEndpointAsync({
    EndpointName,
    InputLocation,
    ContentType: 'text/plain',
    ...more,
  });
  return { ...answer, InputLocation, id: answer.InferenceId! };
}

/** Returns the notification about a request. */
async function notificationOf(id: string) {
  const find = () => here.topics.published.find(({ message }) => message.inferenceId === id);
  await here.jobsCloud.until(() => find() !== undefined);
  return find()!;
}

const resize = (EndpointName: string, DesiredInstanceCount: number) =>
  here.client.updateEndpointWeightsAndCapacities({
    EndpointName,
    DesiredWeightsAndCapacities: [{ VariantName: 'v0', DesiredInstanceCount }],
  });

test('a response is written to S3, and a topic is notified', async () => {
  const EndpointName = await endpoint();
  const { AsyncInferenceConfig } = await here.client.describeEndpoint({ EndpointName });
  expect(AsyncInferenceConfig).toMatchObject({ OutputConfig: { S3OutputPath: 's3://bucket/out/' } });
  const sent = await send(EndpointName, 'hello', { InferenceId: 'mine', Accept: 'application/json' });
  expect(sent).toMatchObject({
    InferenceId: 'mine',
    OutputLocation: 's3://bucket/out/mine.out',
    FailureLocation: 's3://bucket/failed/mine-error.out',
    $metadata: expect.objectContaining({ httpStatusCode: 202 }),
  });
  expect(await notificationOf('mine')).toEqual({
    topic: `${TOPIC}:good`,
    principal: ROLE_SESSION,
    message: {
      awsRegion: 'us-east-1',
      eventTime: expect.stringMatching(/^2026-01-01T.*Z$/),
      receivedTime: expect.stringMatching(/^2026-01-01T.*Z$/),
      invocationStatus: 'Completed',
      requestParameters: {
        accept: 'application/json',
        contentType: 'text/plain',
        endpointName: EndpointName,
        inputLocation: sent.InputLocation,
      },
      responseParameters: { contentType: 'application/json', outputLocation: 's3://bucket/out/mine.out' },
      inferenceId: 'mine',
      eventVersion: '1.0',
      eventSource: 'aws:sagemaker',
      eventName: 'InferenceResult',
    },
  });
  expect(JSON.parse(await here.jobsCloud.get('out/mine.out'))).toMatchObject({ word: 'one', body: 'hello' });
});

test.each<[string, string, Partial<InvokeEndpointAsyncCommandInput>, string]>([
  [
    'the model refuses',
    'bad',
    {},
    'ClientError: Received client error (400) from model. See the SageMaker Endpoint logs in your account for more information.',
  ],
  ['the model fails', 'bug', {}, 'ClientError: Received server error (500) from model.'],
  ['the container dies', 'die', {}, 'ClientError: Unable to reach container primary'],
  [
    'the answer takes too long',
    'never',
    { InvocationTimeoutSeconds: 1 },
    'ClientError: Your invocation timed out',
  ],
  [
    'the input is missing',
    'x',
    { InputLocation: 's3://bucket/nothing' },
    'ClientError: Unable to download the input s3://bucket/nothing: ',
  ],
])('%s: a topic gets the reason', async (_, body, more, reason) => {
  const EndpointName = await endpoint();
  const { id } = await send(EndpointName, body, more);
  const { topic, message } = await notificationOf(id);
  expect(topic).toBe(`${TOPIC}:bad`);
  expect(message).toMatchObject({
    invocationStatus: 'Failed',
    failureReason: expect.stringContaining(reason),
  });
  const kept = await here.jobsCloud.keys(`failed/${id}`);
  const answered = body === 'bad' || body === 'bug';
  expect(kept).toEqual(answered ? [`failed/${id}-error.out`] : []);
  if (body === 'bad') expect(await here.jobsCloud.get(kept[0]!)).toBe('no such feature');
  expect(await here.jobsCloud.keys(`out/${id}`)).toEqual([]);
});

test('without instances requests wait, and are answered when one starts', async () => {
  const EndpointName = await endpoint();
  await resize(EndpointName, 0);
  expect((await here.settled(EndpointName)).ProductionVariants).toMatchObject([{ CurrentInstanceCount: 0 }]);
  const { id } = await send(EndpointName, 'patient');
  const stuck = () => here.cloudwatch.values('HasBacklogWithoutCapacity', EndpointName);
  await here.jobsCloud.until(() => stuck().includes(1));
  expect(here.cloudwatch.values('ApproximateBacklogSize', EndpointName)).toContain(1);
  expect(await here.jobsCloud.keys(`out/${id}`)).toEqual([]);
  await here.restart();
  expect((await here.settled(EndpointName)).ProductionVariants).toMatchObject([{ CurrentInstanceCount: 0 }]);
  await resize(EndpointName, 1);
  expect((await notificationOf(id)).message).toMatchObject({ invocationStatus: 'Completed' });
  await here.jobsCloud.until(() => stuck().at(-1) === 0);
  expect(here.cloudwatch.values('ApproximateBacklogSizePerInstance', EndpointName)).toContain(1);
});

test('a request that waits too long expires', async () => {
  const EndpointName = await endpoint();
  await resize(EndpointName, 0);
  await here.settled(EndpointName);
  const { id } = await send(EndpointName, 'late', { RequestTTLSeconds: 60 });
  await here.clock.pass(80);
  expect((await notificationOf(id)).message).toMatchObject({
    invocationStatus: 'Failed',
    failureReason: expect.stringContaining('waited longer than 60 seconds (RequestTTLSeconds)'),
  });
});

test('no more concurrent requests than an instance accepts', async () => {
  const EndpointName = await endpoint('one', { MaxConcurrentInvocationsPerInstance: 1 });
  const first = await send(EndpointName, 'never', { InvocationTimeoutSeconds: 1 });
  const second = await send(EndpointName, 'x');
  await notificationOf(second.id);
  const order = here.topics.published.map(({ message }) => message.inferenceId);
  expect(order.indexOf(first.id)).toBeLessThan(order.indexOf(second.id));
});

test('unfinished requests are processed again after a restart', async () => {
  const EndpointName = await endpoint('always-never');
  const { id } = await send(EndpointName, 'x');
  await here.jobsCloud.until(() => here.cloudwatch.values('TimeInBacklog', EndpointName, 'v0').length > 0);
  const before = here.cloudwatch.values('TimeInBacklog', EndpointName, 'v0').length;
  await here.restart();
  await here.jobsCloud.until(
    () => here.cloudwatch.values('TimeInBacklog', EndpointName, 'v0').length > before,
  );
  expect(here.topics.published.some(({ message }) => message.inferenceId === id)).toBe(false);
});

test('a deleted endpoint discards its requests', async () => {
  const EndpointName = await endpoint('always-never');
  const { id } = await send(EndpointName, 'x');
  await here.jobsCloud.until(() => here.cloudwatch.values('TimeInBacklog', EndpointName, 'v0').length > 0);
  await here.client.deleteEndpoint({ EndpointName });
  await expect(send(EndpointName, 'x')).rejects.toThrow(/not found/);
  expect(here.topics.published.some(({ message }) => message.inferenceId === id)).toBe(false);
});

test('no request is lost during an update or a change of instances', async () => {
  const EndpointName = await endpoint('old', { MaxConcurrentInvocationsPerInstance: 2 });
  const before = (await here.client.describeEndpoint({ EndpointName })).EndpointConfigName;
  const { AsyncInferenceConfig } = await here.client.describeEndpointConfig({ EndpointConfigName: before });
  const EndpointConfigName = await here.config(['new'], {}, { AsyncInferenceConfig });
  const sent: string[] = [];
  const sendSome = async () => {
    for (let i = 0; i < 4; i++) sent.push((await send(EndpointName, 'slow')).id);
  };
  await sendSome();
  await here.client.updateEndpoint({ EndpointName, EndpointConfigName });
  await sendSome();
  await here.settled(EndpointName);
  await resize(EndpointName, 0);
  await sendSome();
  await here.settled(EndpointName);
  await resize(EndpointName, 1);
  const outcomes = await Promise.all(
    sent.map(async (id) => (await notificationOf(id)).message.invocationStatus),
  );
  expect(outcomes).toEqual(sent.map(() => 'Completed'));
  const last = await here.jobsCloud.get(`out/${sent.at(-1)!}.out`);
  expect(JSON.parse(last)).toMatchObject({ word: 'new' });
});

test('a missing topic delays nothing', async () => {
  here.topics.missing.add(`${TOPIC}:good`);
  const EndpointName = await endpoint();
  const { id } = await send(EndpointName, 'x');
  await here.jobsCloud.until(
    () => here.cloudwatch.values('NotificationFailures', EndpointName, 'v0').length > 0,
  );
  expect(await here.jobsCloud.keys(`out/${id}`)).toEqual([`out/${id}.out`]);
});

describe('requests', () => {
  let asynchronous: string;
  let realtime: string;
  beforeAll(async () => {
    asynchronous = await endpoint();
    realtime = await here.endpoint(await here.config(['x']));
  });

  test.each<[string, (asynchronous: string, realtime: string) => Promise<unknown>, RegExp]>([
    ['a synchronous request', (name) => here.ask(name), /is asynchronous\. Use InvokeEndpointAsync/],
    ['a real-time endpoint', (_, name) => send(name, 'x'), /is not asynchronous\. Use InvokeEndpoint\./],
    ['no input', (name) => send(name, 'x', { InputLocation: undefined }), /null at 'inputLocation'/],
    ['an invalid input', (name) => send(name, 'x', { InputLocation: 'x' }), /'x' at 'inputLocation'/],
    [
      'a wait that is too short',
      (name) => send(name, 'x', { RequestTTLSeconds: 59 }),
      /'59' at 'requestTTLSeconds'.*greater than or equal to 60/,
    ],
    [
      'a timeout that is too long',
      (name) => send(name, 'x', { InvocationTimeoutSeconds: 3_601 }),
      /'3601' at 'invocationTimeoutSeconds'/,
    ],
  ])('refused: %s', async (_, attempt, message) => {
    await expect(attempt(asynchronous, realtime)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringMatching(message),
    });
  });
});
