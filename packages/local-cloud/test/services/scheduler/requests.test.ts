import { Scheduler, type CreateScheduleCommandInput } from '@aws-sdk/client-scheduler';
import { allow, credentialsWith, roleArn } from '../../access/actors';
import { FUNCTION, GROUP_ARN, HOUR, ROLE, SchedulerFixture, START } from './scheduler-fixture';

let fixture: SchedulerFixture;
let client: Scheduler;

beforeEach(async () => {
  fixture = await SchedulerFixture.open();
  client = fixture.client;
});
afterEach(() => fixture.here.close());

test('groups are listed with their tags, and are deleted with their schedules', async () => {
  await fixture.create('rate(1 hour)', { StartDate: new Date(START + 1_000) });
  await client.tagResource({ ResourceArn: GROUP_ARN, Tags: [{ Key: 'b', Value: '1' }] });
  await client.untagResource({ ResourceArn: GROUP_ARN, TagKeys: ['app'] });
  expect((await client.listTagsForResource({ ResourceArn: GROUP_ARN })).Tags).toEqual([
    { Key: 'b', Value: '1' },
  ]);
  const { ScheduleGroups } = await client.listScheduleGroups({});
  expect(ScheduleGroups).toMatchObject([{ Name: 'default' }, { Name: 'g', State: 'ACTIVE', Arn: GROUP_ARN }]);
  await client.deleteScheduleGroup({ Name: 'g' });
  await fixture.clock.pass(5 * HOUR);
  expect(fixture.calls).toEqual([]);
  await expect(client.listSchedules({ GroupName: 'g' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  await expect(client.deleteScheduleGroup({ Name: 'default' })).rejects.toMatchObject({
    name: 'ValidationException',
  });
});

const target = (more: object) => ({ Target: { Arn: FUNCTION, RoleArn: ROLE, ...more } });

test.each<[string, string, Partial<CreateScheduleCommandInput>, string, RegExp]>([
  [
    'a cron of five fields',
    'cron(0 3 * * ?)',
    {},
    'ValidationException',
    /Invalid Schedule Expression cron\(0 3 \* \* \?\): cron needs 6 fields/,
  ],
  ['a time that has passed', 'at(2026-03-28T11:59:59)', {}, 'ValidationException', /the time has passed/],
  [
    'an unknown time zone',
    'rate(1 day)',
    { ScheduleExpressionTimezone: 'Mars/Base' },
    'ValidationException',
    /'Mars\/Base' is not valid/,
  ],
  [
    'a start long ago',
    'rate(1 day)',
    { StartDate: new Date(START - 400_000) },
    'ValidationException',
    /earlier than 5 minutes ago/,
  ],
  [
    'an end before its start',
    'rate(1 day)',
    { StartDate: new Date(START + 9_000), EndDate: new Date(START + 8_000) },
    'ValidationException',
    /EndDate/,
  ],
  ['a name with spaces', 'rate(1 day)', { Name: 'a b' }, 'ValidationException', /Value 'a b' at 'name'/],
  [
    'a missing group',
    'rate(1 day)',
    { GroupName: 'none' },
    'ResourceNotFoundException',
    /Schedule group none does not exist/,
  ],
  [
    'a flexible window',
    'rate(1 day)',
    { FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 5 } },
    'NotImplemented',
    /flexible time window FLEXIBLE/,
  ],
  [
    'a KMS key',
    'rate(1 day)',
    { KmsKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/k' },
    'NotImplemented',
    /KmsKeyArn/,
  ],
  [
    'a queue as its target',
    'rate(1 day)',
    target({ Arn: 'arn:aws:sqs:us-east-1:123456789012:q' }),
    'NotImplemented',
    /target arn:aws:sqs/,
  ],
  [
    'a universal target',
    'rate(1 day)',
    target({ Arn: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage' }),
    'NotImplemented',
    /aws-sdk/,
  ],
  [
    'a dead-letter queue that is none',
    'rate(1 day)',
    target({ DeadLetterConfig: { Arn: 'arn:aws:sns:us-east-1:123456789012:q' } }),
    'ValidationException',
    /sqs|standard queue/,
  ],
  [
    'parameters of another target',
    'rate(1 day)',
    target({ SqsParameters: { MessageGroupId: 'x' } }),
    'NotImplemented',
    /SqsParameters/,
  ],
  [
    'an input that is not JSON',
    'rate(1 day)',
    target({ Input: '{' }),
    'ValidationException',
    /not valid JSON/,
  ],
  [
    'too many retries',
    'rate(1 day)',
    target({ RetryPolicy: { MaximumRetryAttempts: 186 } }),
    'ValidationException',
    /'186' at 'target.retryPolicy.maximumRetryAttempts'.* 185/,
  ],
  [
    'too short an age',
    'rate(1 day)',
    target({ RetryPolicy: { MaximumEventAgeInSeconds: 59 } }),
    'ValidationException',
    /'59' at 'target.retryPolicy.maximumEventAgeInSeconds'.* 60/,
  ],
  [
    'a role that does not exist',
    'rate(1 day)',
    target({ RoleArn: roleArn('none') }),
    'ValidationException',
    /must allow AWS EventBridge Scheduler to assume the role/,
  ],
  // The role trusts Scheduler only for the group g.
  [
    'a role that trusts another group',
    'rate(1 day)',
    { GroupName: 'default' },
    'ValidationException',
    /must allow AWS EventBridge Scheduler/,
  ],
])('%s is refused', async (_, expression, more, name, message) => {
  await expect(fixture.create(expression, more)).rejects.toMatchObject({
    name,
    message: expect.stringMatching(message),
  });
  expect((await client.listSchedules({})).Schedules).toEqual([]);
});

test('a caller needs the action on the schedule, and to pass the role to Scheduler', async () => {
  const onSchedule = allow(
    'scheduler:CreateSchedule',
    'arn:aws:scheduler:us-east-1:123456789012:schedule/g/s',
  );
  const passing = (service: string) =>
    allow('iam:PassRole', ROLE, { Condition: { StringEquals: { 'iam:PassedToService': service } } });
  const as = (name: string, ...statements: object[]) => {
    const credentials = credentialsWith(fixture.here.cloud, name, statements);
    const caller = new Scheduler({ ...fixture.here.client, credentials });
    return fixture.create('rate(1 day)', { StartDate: new Date(START + 1_000) }, caller);
  };
  await expect(as('a', passing('scheduler.amazonaws.com'))).rejects.toThrow(
    /scheduler:CreateSchedule on resource: \S+schedule\/g\/s/,
  );
  await expect(as('b', onSchedule, passing('lambda.amazonaws.com'))).rejects.toThrow(/iam:PassRole/);
  await as('c', onSchedule, passing('scheduler.amazonaws.com'));
});
