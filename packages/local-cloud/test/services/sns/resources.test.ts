import { SNS } from '@aws-sdk/client-sns';
import { RESOURCE_TYPES } from '../../../src/services';
import type { ResourceContext } from '../../../src/core/resource-type';
import { sns } from '../../../src/services/sns';
import { testCloud, type TestCloud } from '../../support/test-cloud';

const topic = RESOURCE_TYPES['AWS::SNS::Topic']!;
const topicPolicy = RESOURCE_TYPES['AWS::SNS::TopicPolicy']!;
let here: TestCloud;
let client: SNS;
let context: ResourceContext;
beforeAll(async () => {
  here = await testCloud([sns]);
  client = new SNS(here.client);
  const caller = { principal: here.cloud.principals.operator };
  context = { cloud: here.cloud, caller, stackName: 'Stack', logicalId: 'T', made: () => undefined };
});
afterAll(() => here.close());

const attributes = async (TopicArn: string) => (await client.getTopicAttributes({ TopicArn })).Attributes!;

test('removed attributes of a topic return to their defaults', async () => {
  const properties = { DisplayName: 'News', KmsMasterKeyId: 'key', TracingConfig: 'Active' };
  const created = await topic.create(properties, context);
  expect(await attributes(created.physicalId)).toMatchObject(properties);
  await topic.update!({}, context, { ...created, properties });
  expect(await attributes(created.physicalId)).toMatchObject({
    ...{ DisplayName: '', KmsMasterKeyId: '', TracingConfig: 'PassThrough' },
  });
  await client.publish({ TopicArn: created.physicalId, Message: 'no key is needed' });
});

test('a removed policy puts the default policy back', async () => {
  const { physicalId: TopicArn } = await topic.create({}, context);
  const statement = { Effect: 'Allow', Principal: '*', Action: 'sns:Publish', Resource: TopicArn };
  const properties = {
    Topics: [TopicArn],
    PolicyDocument: { Version: '2012-10-17', Statement: [statement] },
  };
  const created = await topicPolicy.create(properties, context);
  await topicPolicy.delete({ ...created, properties }, context);
  expect(JSON.parse((await attributes(TopicArn)).Policy!)).toMatchObject({
    Id: '__default_policy_ID',
    Statement: [{ Condition: { StringEquals: { 'AWS:SourceOwner': here.cloud.account } } }],
  });
  await client.deleteTopic({ TopicArn });
  await topicPolicy.delete({ ...created, properties }, context);
});

test('a display name has at most 100 characters', async () => {
  await topic.create({ DisplayName: 'x'.repeat(100) }, context);
  await expect(topic.create({ DisplayName: 'x'.repeat(101) }, context)).rejects.toMatchObject({
    code: 'InvalidParameterException',
    message: 'Invalid parameter: DisplayName Reason: at most 100 characters; it has 101',
  });
});
