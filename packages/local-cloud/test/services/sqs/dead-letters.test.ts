import { EventBridge } from '@aws-sdk/client-eventbridge';
import { policyAuthorizer } from '../../../src/access/authorizer';
import type { ResourceContext } from '../../../src/core/resource-type';
import { RESOURCE_TYPES } from '../../../src/services';
import { eventbridge } from '../../../src/services/eventbridge';
import { iam } from '../../../src/services/iam';
import { lambda } from '../../../src/services/lambda';
import { scheduler } from '../../../src/services/scheduler';
import { sqs } from '../../../src/services/sqs';
import { Queues } from '../../../src/services/sqs/queues';
import { testCloud, type TestCloud } from '../../support/test-cloud';
import { until } from '../../support/until';

const MISSING = 'arn:aws:lambda:us-east-1:123456789012:function:gone';
let here: TestCloud;
let client: EventBridge;
beforeAll(async () => {
  here = await testCloud([eventbridge, iam, lambda, scheduler, sqs], { authorizer: policyAuthorizer });
  client = new EventBridge(here.client);
});
afterAll(() => here.close());

const context = (logicalId: string): ResourceContext => ({
  cloud: here.cloud,
  caller: { principal: here.cloud.principals.operator },
  ...{ stackName: 'Stack', logicalId, made: () => undefined },
});
const make = (type: string, id: string, properties: object) =>
  RESOURCE_TYPES[type]!.create(properties as Record<string, unknown>, context(id));
const bodies = (arn: string) =>
  here.cloud
    .part(Queues)
    .messages(arn)
    .map(({ body }) => JSON.parse(body) as Record<string, unknown>);

async function queue(id: string) {
  const { physicalId, attributes } = await make('AWS::SQS::Queue', id, { MessageRetentionPeriod: 1_209_600 });
  return { url: physicalId, arn: String(attributes!.Arn) };
}

/** A rule whose only target does not exist. */
async function rule(name: string, queueArn: string) {
  const { RuleArn } = await client.putRule({ Name: name, EventPattern: JSON.stringify({ source: [name] }) });
  const Targets = [{ Id: 't', Arn: MISSING, DeadLetterConfig: { Arn: queueArn } }];
  await client.putTargets({ Rule: name, Targets });
  return RuleArn!;
}

const policy = (queueArn: string, ruleArn: string) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: queueArn,
      Condition: { ArnEquals: { 'aws:SourceArn': ruleArn } },
    },
  ],
});

async function publish(source: string): Promise<void> {
  await client.putEvents({ Entries: [{ Source: source, DetailType: 'test', Detail: '{"n":1}' }] });
  await here.cloud.events.settled();
}

test('an event that has no receiver is in the queue that its rule may use, and in no other', async () => {
  const [mine, others] = [await queue('Mine'), await queue('Others')];
  const allowed = await rule('allowed', mine.arn);
  await rule('denied', others.arn);
  await make('AWS::SQS::QueuePolicy', 'Policy', {
    Queues: [mine.url],
    PolicyDocument: policy(mine.arn, allowed),
  });
  await make('AWS::SQS::QueuePolicy', 'OtherPolicy', {
    Queues: [others.url],
    PolicyDocument: policy(others.arn, allowed),
  });
  await publish('allowed');
  await publish('denied');
  expect(bodies(mine.arn)).toEqual([expect.objectContaining({ source: 'allowed', detail: { n: 1 } })]);
  expect(bodies(others.arn)).toEqual([]);
  expect(here.cloud.events.failures.map(({ delivery }) => delivery.targetArn)).toEqual([
    MISSING,
    MISSING,
    others.arn,
  ]);
});

test('a schedule whose function is gone sends its input under its role', async () => {
  const { arn } = await queue('Missed');
  const trust = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'scheduler.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ],
  };
  const statement = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arn };
  const role = await make('AWS::IAM::Role', 'Role', {
    AssumeRolePolicyDocument: trust,
    Policies: [{ PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: [statement] } }],
  });
  const at = new Date(here.cloud.clock.now() + 1_500).toISOString().slice(0, 19);
  await make('AWS::Scheduler::Schedule', 'Schedule', {
    ScheduleExpression: `at(${at})`,
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: {
      Arn: MISSING,
      RoleArn: role.attributes!.Arn,
      Input: '{"missed":true}',
      RetryPolicy: { MaximumRetryAttempts: 0 },
      DeadLetterConfig: { Arn: arn },
    },
  });
  await until(() => bodies(arn).length > 0);
  expect(bodies(arn)).toEqual([{ missed: true }]);
});

test('a policy that is none is refused', async () => {
  const { url } = await queue('Unruly');
  const PolicyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Perhaps' }] };
  await expect(make('AWS::SQS::QueuePolicy', 'Bad', { Queues: [url], PolicyDocument })).rejects.toMatchObject(
    { code: 'InvalidAttributeValue' },
  );
});

test('a queue that was deleted takes its messages with it', async () => {
  const { url, arn } = await queue('Gone');
  const existing = { physicalId: url, properties: {} };
  await RESOURCE_TYPES['AWS::SQS::Queue']!.delete(existing, context('Gone'));
  expect(here.cloud.part(Queues).find(arn)).toBeUndefined();
});
