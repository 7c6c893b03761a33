import { SNS } from '@aws-sdk/client-sns';
import { SSM } from '@aws-sdk/client-ssm';
import { lambdaCloud, type LambdaCloud } from './functions';

let lambda: LambdaCloud;

beforeAll(async () => {
  lambda = await lambdaCloud({ maxConcurrency: 2 });
});
afterAll(() => lambda.here.close());
beforeEach(() => void lambda.here.cloud.events.failures.splice(0));

/** Writes each event to a new version of a parameter, then fails if the event requests it. */
const RECORDER = `
const { SSM } = require('@aws-sdk/client-ssm');
exports.handler = async (event, context) => {
  const Value = JSON.stringify({ event, id: context.awsRequestId });
  await new SSM().putParameter({ Name: '/' + context.functionName, Value, Type: 'String', Overwrite: true });
  if (event.fail) throw new Error('asked for');
};`;

async function recorded(name: string): Promise<{ event: unknown; id: string }[]> {
  await lambda.here.cloud.events.settled();
  const { Parameters = [] } = await new SSM(lambda.here.client).getParameterHistory({ Name: `/${name}` });
  return Parameters.map(({ Value }) => JSON.parse(Value!) as { event: unknown; id: string });
}

test('an asynchronous invocation returns at once and runs', async () => {
  await lambda.create('once', RECORDER, { Timeout: 10 });
  const { StatusCode, $metadata } = await lambda.client.invoke({
    ...{ FunctionName: 'once', InvocationType: 'Event', Payload: '{"n":1}' },
  });
  expect(StatusCode).toBe(202);
  expect(await recorded('once')).toEqual([{ event: { n: 1 }, id: $metadata.requestId }]);
  expect(lambda.here.cloud.events.failures).toEqual([]);
});

test('a failing asynchronous invocation is tried three times with one request id, and then recorded as failed', async () => {
  await lambda.create('thrice', RECORDER, { Timeout: 10 });
  await lambda.client.invoke({ FunctionName: 'thrice', InvocationType: 'Event', Payload: '{"fail":true}' });
  const attempts = await recorded('thrice');
  expect(attempts).toHaveLength(3);
  expect(new Set(attempts.map(({ id }) => id)).size).toBe(1);
  expect(lambda.here.cloud.events.failures).toMatchObject([
    { error: { name: 'Error', message: 'thrice failed 3 times: asked for' } },
  ]);
});

test('asynchronous invocations above the concurrency limit wait', async () => {
  await lambda.create('queue', RECORDER, { Timeout: 10 });
  const order = [1, 2, 3, 4, 5];
  for (const n of order) {
    await lambda.client.invoke({
      FunctionName: 'queue',
      InvocationType: 'Event',
      Payload: JSON.stringify({ n }),
    });
  }
  const seen = (await recorded('queue')).map(({ event }) => (event as { n: number }).n);
  expect(seen.sort()).toEqual(order);
});

test('a topic invokes its function only with a permission', async () => {
  const Endpoint = await lambda.create('listener', RECORDER, { Timeout: 10 });
  const sns = new SNS(lambda.here.client);
  const { TopicArn } = await sns.createTopic({ Name: 'news' });
  await sns.subscribe({ TopicArn, Protocol: 'lambda', Endpoint });
  await sns.publish({ TopicArn, Message: 'unheard' });
  await lambda.here.cloud.events.settled();
  expect(lambda.here.cloud.events.failures).toMatchObject([
    {
      error: {
        name: 'AccessDeniedException',
        message: expect.stringContaining(
          'sns.amazonaws.com is not authorized to perform: lambda:InvokeFunction',
        ),
      },
    },
  ]);
  await lambda.client.addPermission({
    ...{ FunctionName: 'listener', StatementId: 'news', Action: 'lambda:InvokeFunction' },
    ...{ Principal: 'sns.amazonaws.com', SourceArn: TopicArn },
  });
  await sns.publish({ TopicArn, Message: 'heard' });
  expect(await recorded('listener')).toMatchObject([
    { event: { Records: [{ EventSource: 'aws:sns', Sns: { Message: 'heard' } }] } },
  ]);
});
