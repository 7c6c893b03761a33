import { APIGateway } from '@aws-sdk/client-api-gateway';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SNS, type PublishCommandInput } from '@aws-sdk/client-sns';
import type { Delivery } from '../../../src/core/events';
import { apigateway } from '../../../src/services/apigateway';
import { RestFront } from '../../../src/services/apigateway/front/front';
import { sns } from '../../../src/services/sns';
import { testCloud, type TestCloud } from '../../support/test-cloud';

let here: TestCloud;
let client: SNS;

beforeEach(async () => {
  here = await testCloud([sns]);
  client = new SNS(here.client);
});
afterEach(() => here.close());

const topic = async () =>
  (await client.createTopic({ Name: 'news', Attributes: { DisplayName: 'The news' } })).TopicArn!;

const mails = () => {
  const directory = join(here.stateDirectory, 'mail');
  return readdirSync(directory).map((name) => readFileSync(join(directory, name), 'utf8'));
};

test('a mail is written to the folder with headers, subject and text', async () => {
  const TopicArn = await topic();
  await client.subscribe({ TopicArn, Protocol: 'email', Endpoint: 'team@example.com' });
  const { MessageId } = await client.publish({
    TopicArn,
    Subject: 'Run 7 deployed',
    Message: 'accuracy 0.97\nall good — ok',
  });
  expect(MessageId).toBeTruthy();
  const [mail = '', ...others] = mails();
  expect(others).toEqual([]);
  const [head = '', text] = mail.split('\r\n\r\n');
  expect(head.split('\r\n')).toEqual(
    expect.arrayContaining([
      'From: "The news" <no-reply@sns.amazonaws.com>',
      'To: team@example.com',
      'Subject: Run 7 deployed',
    ]),
  );
  expect(head).toMatch(/^Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000$/m);
  expect(text).toBe('accuracy 0.97\r\nall good — ok');
});

test('links in mails can point to this machine', async () => {
  const local = await testCloud([apigateway, sns]);
  const { id } = await new APIGateway(local.client).createRestApi({ name: 'api' });
  const address = `https://${id}.execute-api.us-east-1.amazonaws.com/prod/x`;
  const localClient = new SNS(local.client);
  const { TopicArn } = await localClient.createTopic({ Name: 'links' });
  await localClient.subscribe({ TopicArn, Protocol: 'email', Endpoint: 'team@example.com' });
  await localClient.publish({ TopicArn, Message: `see ${address}` });
  const [name] = readdirSync(join(local.stateDirectory, 'mail'));
  expect(readFileSync(join(local.stateDirectory, 'mail', name!), 'utf8')).toContain(
    `see ${local.cloud.part(RestFront).localUrl(address)}`,
  );
  await local.close();
});

test('a topic is created once, and returns its attributes and subscriptions', async () => {
  const TopicArn = await topic();
  expect(TopicArn).toBe('arn:aws:sns:us-east-1:123456789012:news');
  expect(await topic()).toBe(TopicArn);
  const other = client.createTopic({ Name: 'news', Attributes: { DisplayName: 'Other' } });
  await expect(other).rejects.toMatchObject({ name: 'InvalidParameterException' });
  const subscribe = () =>
    client.subscribe({ TopicArn, Protocol: 'email', Endpoint: 'a@b.c', ReturnSubscriptionArn: true });
  const { SubscriptionArn } = await subscribe();
  expect((await subscribe()).SubscriptionArn).toBe(SubscriptionArn);
  const { Attributes } = await client.getTopicAttributes({ TopicArn });
  expect(Attributes).toMatchObject({ TopicArn, DisplayName: 'The news', SubscriptionsConfirmed: '1' });
  const { Subscriptions } = await client.listSubscriptionsByTopic({ TopicArn });
  expect(Subscriptions).toEqual([
    { SubscriptionArn, TopicArn, Protocol: 'email', Endpoint: 'a@b.c', Owner: '123456789012' },
  ]);
  await client.unsubscribe({ SubscriptionArn });
  expect((await client.listSubscriptionsByTopic({ TopicArn })).Subscriptions ?? []).toEqual([]);
  expect((await client.listTopics()).Topics).toEqual([{ TopicArn }]);
  await client.deleteTopic({ TopicArn });
  await expect(client.getTopicAttributes({ TopicArn })).rejects.toMatchObject({ name: 'NotFoundException' });
});

test('functions are called through their registered target, with the message and its attributes', async () => {
  const seen: Delivery[] = [];
  here.cloud.events.registerTarget(
    (arn) => arn.includes(':lambda:'),
    async (delivery) => void seen.push(delivery),
  );
  const TopicArn = await topic();
  const Endpoint = 'arn:aws:lambda:us-east-1:123456789012:function:f';
  await client.subscribe({ TopicArn, Protocol: 'lambda', Endpoint });
  const MessageAttributes = { kind: { DataType: 'String', StringValue: 'x' } };
  await client.publish({ TopicArn, Message: 'hello', MessageAttributes });
  await here.cloud.events.settled();
  expect(seen).toMatchObject([
    { targetArn: Endpoint, sourceArn: TopicArn, from: { arn: 'sns.amazonaws.com' } },
  ]);
  const Sns = {
    TopicArn,
    Message: 'hello',
    Subject: null,
    MessageAttributes: { kind: { Type: 'String', Value: 'x' } },
  };
  expect(seen[0]!.input).toMatchObject({ Records: [{ EventSource: 'aws:sns', EventVersion: '1.0', Sns }] });
});

test('a filter accepts only its messages', async () => {
  const TopicArn = await topic();
  const FilterPolicy = JSON.stringify({ severity: [{ numeric: ['>=', 3] }], kind: ['alarm'] });
  await client.subscribe({ TopicArn, Protocol: 'email', Endpoint: 'a@b.c', Attributes: { FilterPolicy } });
  for (const severity of ['2', '5']) {
    const MessageAttributes = {
      severity: { DataType: 'Number', StringValue: severity },
      kind: { DataType: 'String.Array', StringValue: '["alarm","page"]' },
    };
    await client.publish({ TopicArn, Subject: `severity ${severity}`, Message: 'x', MessageAttributes });
  }
  expect(mails().map((mail) => /Subject: (.*)/.exec(mail)?.[1])).toEqual(['severity 5']);
});

test('a message may differ by protocol', async () => {
  const TopicArn = await topic();
  await client.subscribe({ TopicArn, Protocol: 'email', Endpoint: 'a@b.c' });
  await client.publish({
    TopicArn,
    MessageStructure: 'json',
    Message: JSON.stringify({ default: 'long', email: 'short' }),
  });
  expect(mails()[0]).toContain('\r\n\r\nshort\r\n');
});

test.each<[string, Partial<PublishCommandInput>, RegExp]>([
  ['an empty message', { Message: '' }, /Empty message/],
  ['a subject of 101 characters', { Subject: 'x'.repeat(101) }, /Subject.*has 101/],
  ['a line break in the subject', { Subject: 'a\nb' }, /Subject/],
  ['a subject beyond ASCII', { Subject: 'grün' }, /Subject 'grün'/],
  ['a message above 256 KB', { Message: 'x'.repeat(262_145) }, /262145 bytes.*at most 262144/],
  [
    'an attribute without a value',
    { MessageAttributes: { a: { DataType: 'String', StringValue: '' } } },
    /'a' must contain/,
  ],
  [
    'an attribute of no known type',
    { MessageAttributes: { a: { DataType: 'Text', StringValue: 'x' } } },
    /type 'Text'/,
  ],
  [
    'an invalid number',
    { MessageAttributes: { a: { DataType: 'Number', StringValue: 'x' } } },
    /'x', which is not a number/,
  ],
  ['JSON without a default', { MessageStructure: 'json', Message: '{"email":"x"}' }, /No default entry/],
])('%s is refused', async (_, input, message) => {
  const attempt = client.publish({ TopicArn: await topic(), Message: 'm', ...input });
  await expect(attempt).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: expect.stringMatching(message),
  });
});

test('bad subscriptions and topics are refused', async () => {
  const TopicArn = await topic();
  const subscribe = (Protocol: string, Endpoint: string) =>
    client.subscribe({ TopicArn, Protocol, Endpoint });
  await expect(subscribe('email', 'nobody')).rejects.toThrow(/Email address 'nobody'/);
  await expect(subscribe('pigeon', 'x')).rejects.toThrow(/Does not support this protocol string: pigeon/);
  await expect(subscribe('sqs', 'arn:aws:sqs:::q')).rejects.toMatchObject({ name: 'NotImplemented' });
  await expect(client.createTopic({ Name: 'a b' })).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
  await expect(client.publish({ TopicArn: `${TopicArn}x`, Message: 'x' })).rejects.toMatchObject({
    name: 'NotFoundException',
    $metadata: { httpStatusCode: 404 },
  });
});

test('topics and subscriptions are kept after a restart', async () => {
  const TopicArn = await topic();
  await client.subscribe({ TopicArn, Protocol: 'email', Endpoint: 'a@b.c' });
  await here.restart();
  await new SNS(here.client).publish({ TopicArn, Message: 'still here' });
  expect(mails()).toHaveLength(1);
});
