import type { CreateScheduleCommandInput, Scheduler } from '@aws-sdk/client-scheduler';
import { ServiceError } from '../../../src/model/errors';
import { FUNCTION, HOUR, MACHINE, MINUTE, ROLE, SchedulerFixture, START } from './scheduler-fixture';

let fixture: SchedulerFixture;
let client: Scheduler;

beforeEach(async () => {
  fixture = await SchedulerFixture.open();
  client = fixture.client;
});
afterEach(() => fixture.here.close());

test('a schedule fires at its times, in its zone, as its role', async () => {
  const { ScheduleArn } = await fixture.create('cron(30 2 * * ? *)', {
    ScheduleExpressionTimezone: 'Europe/Berlin',
    Target: {
      ...{ Arn: FUNCTION, RoleArn: ROLE },
      Input:
        '{"at":"<aws.scheduler.scheduled-time>","arn":"<aws.scheduler.schedule-arn>","n":<aws.scheduler.attempt-number>,"id":"<aws.scheduler.execution-id>"}',
    },
  });
  expect(ScheduleArn).toBe('arn:aws:scheduler:us-east-1:123456789012:schedule/g/s');
  // The 29th has no 2:30.
  await fixture.clock.pass(72 * HOUR);
  expect(fixture.times()).toEqual(['2026-03-30T00:30:00', '2026-03-31T00:30:00']);
  expect(fixture.calls[0]).toMatchObject({
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

test('a state machine can be a target, and a rate fires at once and repeats', async () => {
  await fixture.create('rate(5 minutes)', { Target: { Arn: MACHINE, RoleArn: ROLE } });
  await fixture.clock.pass(12 * MINUTE);
  expect(fixture.times()).toEqual(['2026-03-28T12:00:00', '2026-03-28T12:05:00', '2026-03-28T12:10:00']);
  expect(fixture.calls[0]).toMatchObject({
    operation: 'StartExecution',
    payload: { source: 'aws.scheduler' },
  });
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
  ['no times while it is disabled', 'rate(1 hour)', { State: 'DISABLED' }, []],
])('a schedule fires within %s', async (_, expression, more, expected) => {
  await fixture.create(expression, more);
  await fixture.clock.pass(6 * HOUR);
  expect(fixture.times().map((time) => time.slice(11, 16))).toEqual(expected);
});

test('a one-time schedule stays, or is deleted after it has fired, according to ActionAfterCompletion', async () => {
  const at = 'at(2026-03-28T12:30:00)';
  await fixture.create(at, { Name: 'stays' });
  await fixture.create(at, { Name: 'goes', ActionAfterCompletion: 'DELETE' });
  await fixture.clock.pass(HOUR);
  const { Schedules } = await client.listSchedules({ GroupName: 'g' });
  expect(Schedules).toMatchObject([{ Name: 'stays', State: 'ENABLED', Target: { Arn: FUNCTION } }]);
  expect(fixture.calls).toHaveLength(2);
});

test('a name is unique, and a repeated request with the same token succeeds', async () => {
  const at = 'at(2026-03-28T12:30:00)';
  const attempts = await Promise.allSettled(Array.from({ length: 20 }, () => fixture.create(at)));
  const refused = attempts.flatMap((each) => (each.status === 'rejected' ? [each.reason.name] : []));
  expect(refused).toEqual(Array(19).fill('ConflictException'));
  await fixture.create(at, { Name: 't', ClientToken: 'same' });
  await fixture.create(at, { Name: 't', ClientToken: 'same' });
  await fixture.clock.pass(HOUR);
  expect(fixture.calls).toHaveLength(2);
});

test('an update replaces everything; a deletion ends it', async () => {
  await fixture.create('rate(1 minute)', { Description: 'before', State: 'DISABLED' });
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
  await fixture.clock.pass(HOUR);
  await client.deleteSchedule({ Name: 's', GroupName: 'g' });
  await fixture.clock.pass(5 * HOUR);
  expect(fixture.times()).toEqual(['2026-03-28T13:00:00']);
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
  fixture.failures = Array.from({ length: count }, failure);
  await fixture.create('at(2026-03-28T12:30:00)', {
    Target: { Arn: FUNCTION, RoleArn: ROLE, Input: '{"n":<aws.scheduler.attempt-number>}', RetryPolicy },
  });
  await fixture.clock.pass(2 * HOUR);
  expect(fixture.calls.map(({ payload }) => payload.n)).toEqual(
    Array.from({ length: expected }, (__, i) => i + 1),
  );
  const gaveUp = fixture.failures.length > 0 || failure === denied;
  expect(fixture.here.cloud.events.failures.map(({ delivery }) => delivery.targetArn)).toEqual(
    gaveUp ? [FUNCTION] : [],
  );
});

test('a time that passed while the cloud was closed fires late, once, unless it is too old', async () => {
  await fixture.create('at(2026-03-28T13:00:00)', { Name: 'one' });
  await fixture.create('rate(10 minutes)', { Name: 'many', StartDate: new Date(START + 600_000) });
  const RetryPolicy = { MaximumEventAgeInSeconds: 600 };
  await fixture.create('at(2026-03-28T13:05:00)', {
    Name: 'old',
    Target: { Arn: FUNCTION, RoleArn: ROLE, Input: '"old"', RetryPolicy },
  });
  await fixture.here.cloud.close();
  await fixture.clock.pass(95 * MINUTE);
  await fixture.here.restart();
  await fixture.clock.pass(6 * MINUTE);
  expect(fixture.times()).toEqual(['2026-03-28T13:35:00', '2026-03-28T13:35:00', '2026-03-28T13:40:00']);
  expect(fixture.calls.map(({ payload }) => payload)).not.toContain('old');
});

test('a role without permission to call the target fails the delivery', async () => {
  await fixture.create('at(2026-03-28T12:30:00)', { Target: { Arn: `${FUNCTION}2`, RoleArn: ROLE } });
  await fixture.clock.pass(HOUR);
  expect(fixture.calls).toEqual([]);
  expect(fixture.here.cloud.events.failures.map(({ error }) => error.message)).toEqual([
    expect.stringMatching(/assumed-role\/scheduler\/s- is not authorized to perform: lambda:InvokeFunction/),
  ]);
});
