import { Scheduler, type CreateScheduleCommandInput } from '@aws-sdk/client-scheduler';
import { ServiceError } from '../../../local/core/errors';
import type { ServiceFactory } from '../../../local/core/cloud';
import type { Call } from '../../../local/core/service';
import { policyAuthorizer } from '../../../local/access/authorizer';
import { scheduler } from '../../../local/services/scheduler';
import { allow, credentialsWith, roleArn } from '../access/actors';
import { putRole } from '../access/roles';
import { ManualClock } from './manual-clock';
import { playground, type Playground } from './playground';

const MINUTE = 60;
const HOUR = 3_600;
const START = Date.parse('2026-03-28T12:00:00Z');
const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:f';
const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:m';
const ROLE = roleArn('scheduler');
const GROUP_ARN = 'arn:aws:scheduler:us-east-1:123456789012:schedule-group/g';

let clock: ManualClock;
let here: Playground;
let client: Scheduler;
/** Every call of a target: when, what, by whom, with which payload. */
let calls: { time: string; operation: string; as: string; payload: any }[];
let failures: ServiceError[];

beforeEach(async () => {
  clock = new ManualClock(START);
  here = await playground([functions, machines, scheduler], { clock, authorizer: policyAuthorizer });
  client = new Scheduler(here.client);
  const principal = { Service: 'scheduler.amazonaws.com' };
  const condition = { StringEquals: { 'aws:SourceArn': GROUP_ARN } };
  const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: principal, Condition: condition };
  putRole(here.cloud, ROLE, {
    trustPolicy: { Version: '2012-10-17', Statement: [trust] },
    statements: [allow('lambda:InvokeFunction', FUNCTION), allow('states:StartExecution', '*')],
  });
  calls = [];
  failures = [];
  await client.createScheduleGroup({ Name: 'g', Tags: [{ Key: 'app', Value: 'x' }] });
});
afterEach(() => here.close());

/** Functions and state machines that write down how they were called. */
const functions: ServiceFactory<'lambda'> = () => ({
  id: 'lambda',
  permissions: {
    Invoke: ({ FunctionName }) => ({ action: 'lambda:InvokeFunction', resources: [FunctionName!] }),
  },
  operations: {
    async Invoke({ InvocationType, Payload }, call) {
      called(`Invoke ${InvocationType}`, String(Payload), call);
      return { StatusCode: 202 };
    },
  },
});
const machines: ServiceFactory<'sfn'> = (cloud) => ({
  id: 'sfn',
  operations: {
    async StartExecution({ input }, call) {
      called('StartExecution', input!, call);
      return { executionArn: MACHINE, startDate: new Date(cloud.clock.now()) };
    },
  },
});

function called(operation: string, payload: string, { principal }: Call): void {
  const time = new Date(clock.now()).toISOString().slice(0, 19);
  calls.push({ time, operation, as: principal.roleArn!, payload: JSON.parse(payload) });
  const failure = failures.shift();
  if (failure) throw failure;
}

const create = (ScheduleExpression: string, more: Partial<CreateScheduleCommandInput> = {}) =>
  client.createSchedule({
    ...{ Name: 's', GroupName: 'g', ScheduleExpression, FlexibleTimeWindow: { Mode: 'OFF' } },
    ...{ Target: { Arn: FUNCTION, RoleArn: ROLE, Input: '{"a":1}' }, ...more },
  });

const times = () => calls.map(({ time }) => time);

test('a schedule fires at its times, in its zone, as its role', async () => {
  const { ScheduleArn } = await create('cron(30 2 * * ? *)', {
    ScheduleExpressionTimezone: 'Europe/Berlin',
    Target: {
      ...{ Arn: FUNCTION, RoleArn: ROLE },
      Input:
        '{"at":"<aws.scheduler.scheduled-time>","arn":"<aws.scheduler.schedule-arn>","n":<aws.scheduler.attempt-number>,"id":"<aws.scheduler.execution-id>"}',
    },
  });
  expect(ScheduleArn).toBe('arn:aws:scheduler:us-east-1:123456789012:schedule/g/s');
  // The 29th has no 2:30.
  await clock.pass(72 * HOUR);
  expect(times()).toEqual(['2026-03-30T00:30:00', '2026-03-31T00:30:00']);
  expect(calls[0]).toMatchObject({
    operation: 'Invoke Event',
    as: ROLE,
    payload: {
      at: '2026-03-30T00:30:00Z',
      arn: ScheduleArn,
      n: 1,
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
    },
  });
});

test('a state machine is a target too, and a rate fires at once and goes on', async () => {
  await create('rate(5 minutes)', { Target: { Arn: MACHINE, RoleArn: ROLE } });
  await clock.pass(12 * MINUTE);
  expect(times()).toEqual(['2026-03-28T12:00:00', '2026-03-28T12:05:00', '2026-03-28T12:10:00']);
  expect(calls[0]).toMatchObject({ operation: 'StartExecution', payload: { source: 'aws.scheduler' } });
});

test.each<[string, string, Partial<CreateScheduleCommandInput>, string[]]>([
  [
    'start and end',
    'rate(1 hour)',
    { StartDate: new Date(START + 90 * 60_000), EndDate: new Date(START + 4 * HOUR * 1000) },
    ['13:30', '14:30', '15:30'],
  ],
  [
    'the last hour of a cron',
    'cron(0 * * * ? *)',
    { EndDate: new Date(START + 2 * HOUR * 1000) },
    ['13:00', '14:00'],
  ],
  ['one time', 'at(2026-03-28T14:15:00)', {}, ['14:15']],
  [
    'one time in a zone',
    'at(2026-03-28T14:15:00)',
    { ScheduleExpressionTimezone: 'Europe/Berlin' },
    ['13:15'],
  ],
  ['nothing while it is disabled', 'rate(1 hour)', { State: 'DISABLED' }, []],
])('it keeps to %s', async (_, expression, more, expected) => {
  await create(expression, more);
  await clock.pass(6 * HOUR);
  expect(times().map((time) => time.slice(11, 16))).toEqual(expected);
});

test('a one-time schedule stays, or goes after it has fired, as it was told', async () => {
  const at = 'at(2026-03-28T12:30:00)';
  await create(at, { Name: 'stays' });
  await create(at, { Name: 'goes', ActionAfterCompletion: 'DELETE' });
  await clock.pass(HOUR);
  const { Schedules } = await client.listSchedules({ GroupName: 'g' });
  expect(Schedules).toMatchObject([{ Name: 'stays', State: 'ENABLED', Target: { Arn: FUNCTION } }]);
  expect(calls).toHaveLength(2);
});

test('a name is given once, and the same request again is no second one', async () => {
  const at = 'at(2026-03-28T12:30:00)';
  const attempts = await Promise.allSettled(Array.from({ length: 20 }, () => create(at)));
  const refused = attempts.flatMap((each) => (each.status === 'rejected' ? [each.reason.name] : []));
  expect(refused).toEqual(Array(19).fill('ConflictException'));
  await create(at, { Name: 't', ClientToken: 'same' });
  await create(at, { Name: 't', ClientToken: 'same' });
  await clock.pass(HOUR);
  expect(calls).toHaveLength(2);
});

test('an update replaces everything; a deletion ends it', async () => {
  await create('rate(1 minute)', { Description: 'before', State: 'DISABLED' });
  const FlexibleTimeWindow = { Mode: 'OFF' as const };
  await client.updateSchedule({
    ...{ Name: 's', GroupName: 'g', FlexibleTimeWindow, ScheduleExpression: 'cron(0 * * * ? *)' },
    Target: { Arn: FUNCTION, RoleArn: ROLE },
  });
  const shown = await client.getSchedule({ Name: 's', GroupName: 'g' });
  expect(shown).toMatchObject({
    ...{ State: 'ENABLED', ScheduleExpression: 'cron(0 * * * ? *)', ScheduleExpressionTimezone: 'UTC' },
    ...{ ActionAfterCompletion: 'NONE', CreationDate: new Date(START) },
  });
  expect(shown).not.toHaveProperty('Description');
  await clock.pass(HOUR);
  await client.deleteSchedule({ Name: 's', GroupName: 'g' });
  await clock.pass(5 * HOUR);
  expect(times()).toEqual(['2026-03-28T13:00:00']);
  await expect(client.getSchedule({ Name: 's', GroupName: 'g' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'Schedule s does not exist.',
  });
});

const throttled = () => new ServiceError('ThrottlingException', 'slow down');
const denied = () => new ServiceError('AccessDeniedException', 'no');

test.each<[string, () => ServiceError, object | undefined, number, number]>([
  ['is called again while it is throttled', throttled, undefined, 2, 3],
  ['no more often than the policy says', throttled, { MaximumRetryAttempts: 1 }, 5, 2],
  ['no longer than the policy says', throttled, { MaximumEventAgeInSeconds: 60 }, 50, 6],
  ['not again when it refuses', denied, undefined, 5, 1],
])('a target %s', async (_, failure, RetryPolicy, count, expected) => {
  failures = Array.from({ length: count }, failure);
  await create('at(2026-03-28T12:30:00)', {
    Target: { Arn: FUNCTION, RoleArn: ROLE, Input: '{"n":<aws.scheduler.attempt-number>}', RetryPolicy },
  });
  await clock.pass(2 * HOUR);
  expect(calls.map(({ payload }) => payload.n)).toEqual(Array.from({ length: expected }, (__, i) => i + 1));
  const gaveUp = failures.length > 0 || failure === denied;
  expect(here.cloud.events.failures.map(({ delivery }) => delivery.targetArn)).toEqual(
    gaveUp ? [FUNCTION] : [],
  );
});

test('what was due while the cloud was closed fires late, once, and not when it is too old', async () => {
  await create('at(2026-03-28T13:00:00)', { Name: 'one' });
  await create('rate(10 minutes)', { Name: 'many', StartDate: new Date(START + 600_000) });
  const RetryPolicy = { MaximumEventAgeInSeconds: 600 };
  await create('at(2026-03-28T13:05:00)', {
    Name: 'old',
    Target: { Arn: FUNCTION, RoleArn: ROLE, Input: '"old"', RetryPolicy },
  });
  await here.cloud.close();
  await clock.pass(95 * MINUTE);
  await here.restart();
  await clock.pass(6 * MINUTE);
  expect(times()).toEqual(['2026-03-28T13:35:00', '2026-03-28T13:35:00', '2026-03-28T13:40:00']);
  expect(calls.map(({ payload }) => payload)).not.toContain('old');
});

test('a role that may not call the target does not', async () => {
  await create('at(2026-03-28T12:30:00)', { Target: { Arn: `${FUNCTION}2`, RoleArn: ROLE } });
  await clock.pass(HOUR);
  expect(calls).toEqual([]);
  expect(here.cloud.events.failures.map(({ error }) => error.message)).toEqual([
    expect.stringMatching(/assumed-role\/scheduler\/s- is not authorized to perform: lambda:InvokeFunction/),
  ]);
});

test('groups are listed with their tags and take their schedules with them', async () => {
  await create('rate(1 hour)', { StartDate: new Date(START + 1_000) });
  await client.tagResource({ ResourceArn: GROUP_ARN, Tags: [{ Key: 'b', Value: '1' }] });
  await client.untagResource({ ResourceArn: GROUP_ARN, TagKeys: ['app'] });
  expect((await client.listTagsForResource({ ResourceArn: GROUP_ARN })).Tags).toEqual([
    { Key: 'b', Value: '1' },
  ]);
  const { ScheduleGroups } = await client.listScheduleGroups({});
  expect(ScheduleGroups).toMatchObject([{ Name: 'default' }, { Name: 'g', State: 'ACTIVE', Arn: GROUP_ARN }]);
  await client.deleteScheduleGroup({ Name: 'g' });
  await clock.pass(5 * HOUR);
  expect(calls).toEqual([]);
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
    'a zone that there is not',
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
    'a group that there is not',
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
    'a key of its own',
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
    'a dead-letter queue',
    'rate(1 day)',
    target({ DeadLetterConfig: { Arn: 'arn:aws:sqs:us-east-1:123456789012:q' } }),
    'NotImplemented',
    /dead-letter/,
  ],
  [
    'parameters of another target',
    'rate(1 day)',
    target({ SqsParameters: { MessageGroupId: 'x' } }),
    'NotImplemented',
    /SqsParameters/,
  ],
  [
    'an input that is no JSON',
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
    /from 0 to 185/,
  ],
  [
    'too short an age',
    'rate(1 day)',
    target({ RetryPolicy: { MaximumEventAgeInSeconds: 59 } }),
    'ValidationException',
    /from 60 to 86400/,
  ],
  [
    'a role that does not exist',
    'rate(1 day)',
    target({ RoleArn: roleArn('none') }),
    'ValidationException',
    /must allow AWS EventBridge Scheduler to assume the role/,
  ],
  // The role trusts Scheduler for the group g alone.
  [
    'a role that trusts another group',
    'rate(1 day)',
    { GroupName: 'default' },
    'ValidationException',
    /must allow AWS EventBridge Scheduler/,
  ],
])('%s is refused', async (_, expression, more, name, message) => {
  await expect(create(expression, more)).rejects.toMatchObject({
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
    client = new Scheduler({ ...here.client, credentials: credentialsWith(here.cloud, name, statements) });
    return create('rate(1 day)', { StartDate: new Date(START + 1_000) });
  };
  await expect(as('a', passing('scheduler.amazonaws.com'))).rejects.toThrow(
    /scheduler:CreateSchedule on resource: \S+schedule\/g\/s/,
  );
  await expect(as('b', onSchedule, passing('lambda.amazonaws.com'))).rejects.toThrow(/iam:PassRole/);
  await as('c', onSchedule, passing('scheduler.amazonaws.com'));
});
