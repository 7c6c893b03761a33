import {
  ConflictException,
  CreateScheduleCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ResourceNotFoundException,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  ListExecutionsCommand,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Context } from 'aws-lambda';
import { fakeClients, serviceError, setEnvironment } from '../support/fake-clients';

const stateMachineArn = 'arn:aws:states:eu-west-1:1:stateMachine:M';
setEnvironment({
  ...{
    SCHEDULE_GROUP: 'group',
    SCHEDULER_ROLE_ARN: 'role',
    DEAD_LETTER_ARN: 'queue',
    STATE_MACHINE_ARN: stateMachineArn,
  },
  SETTINGS: { quietPeriods: { newData: { quietMinutes: 10, maxWaitMinutes: 30 } } },
});
let handler: typeof import('../../../lambda/trigger').handler;
beforeAll(async () => ({ handler } = await import('../../../lambda/trigger/index.ts')));

const aws = fakeClients();
const context = { invokedFunctionArn: 'function' } as Context;
/** Later than the clock, so the handler goes by the event's time. */
const time = '2126-11-21T09:00:00Z';
const trigger = { kind: 'newData' as const, detail: 's3://b/data/1.csv' };
const upload = { source: 'aws.s3', time, detail: { bucket: { name: 'b' }, object: { key: 'data/1.csv' } } };
const nextRun = { runId: 'auto-1', since: Date.parse(time), trigger };
const fired = { source: 'pipeline.next-run', time, nextRun };

const name = { Name: 'next-run', GroupName: 'group' };
const scheduled = (at: string) => ({
  ScheduleExpression: `at(${at})`,
  Target: { Input: JSON.stringify({ nextRun }) },
});
const schedule = (at: string): never =>
  expect.objectContaining({
    ...name,
    ScheduleExpression: `at(${at})`,
    ActionAfterCompletion: 'NONE',
  }) as never;
const exception = { message: 'none', $metadata: {}, Message: 'none' };
const noSchedule = new ResourceNotFoundException(exception);
const executionArn = 'arn:aws:states:eu-west-1:1:execution:M:auto-1';
const neverStarted = () =>
  aws.expect(DescribeExecutionCommand, { executionArn }, new ExecutionDoesNotExist(exception));
const running = (executions: object[]) =>
  aws.expect(
    ListExecutionsCommand,
    { stateMachineArn, statusFilter: 'RUNNING', maxResults: 1 },
    { executions },
  );
const removesSchedule = () =>
  aws
    .expect(GetScheduleCommand, name, scheduled('2126-11-21T09:00:00'))
    .expect(DeleteScheduleCommand, name, {});

test('new data schedule the next run after the quiet period', async () => {
  aws.expect(GetScheduleCommand, name, noSchedule);
  aws.expect(ListExecutionsCommand, { stateMachineArn, maxResults: 1 }, { executions: [] });
  aws.expect(CreateScheduleCommand, schedule('2126-11-21T09:10:00'), {});
  await handler(upload, context);
  const { Target } = aws.sent(CreateScheduleCommand)[0]!;
  expect(Target).toMatchObject({ Arn: 'function', RoleArn: 'role' });
  expect(JSON.parse(Target!.Input!)).toMatchObject({ source: 'pipeline.next-run', nextRun: { trigger } });
});

test('more data postpone the next run', async () => {
  aws.expect(GetScheduleCommand, name, scheduled('2126-11-21T09:05:00'));
  aws.expect(UpdateScheduleCommand, schedule('2126-11-21T09:10:00'), {});
  await handler(upload, context);
});

test('a schedule that another invocation created is joined', async () => {
  aws.expect(GetScheduleCommand, name, noSchedule);
  aws.expect(ListExecutionsCommand, { stateMachineArn, maxResults: 1 }, {});
  aws.expect(CreateScheduleCommand, schedule('2126-11-21T09:10:00'), new ConflictException(exception));
  aws.expect(GetScheduleCommand, name, scheduled('2126-11-21T09:10:00'));
  await handler(upload, context);
  expect(aws.logs).toMatchObject([{ do: 'join' }]);
});

test('the schedule that fires starts the run', async () => {
  neverStarted();
  running([]);
  removesSchedule();
  const input = JSON.stringify({ trigger });
  aws.expect(StartExecutionCommand, { stateMachineArn, name: 'auto-1', input }, {});
  await handler(fired, context);
  expect(aws.logs).toMatchObject([{ runId: 'auto-1', result: 'started' }]);
});

test('while another run is active, the schedule is set again', async () => {
  neverStarted();
  running([{}]);
  removesSchedule();
  aws.expect(CreateScheduleCommand, schedule('2126-11-21T09:01:00'), {});
  await handler(fired, context);
});

test('a run that has started before is not started again', async () => {
  aws.expect(DescribeExecutionCommand, { executionArn }, {});
  aws.expect(GetScheduleCommand, name, noSchedule);
  await handler(fired, context);
});

test('a start that fails is scheduled again, and fails the function', async () => {
  neverStarted();
  running([]);
  removesSchedule();
  const input = JSON.stringify({ trigger });
  const refused = serviceError('AccessDeniedException');
  aws.expect(StartExecutionCommand, { stateMachineArn, name: 'auto-1', input }, refused);
  aws.expect(CreateScheduleCommand, schedule('2126-11-21T09:01:00'), {});
  await expect(handler(fired, context)).rejects.toBe(refused);
});

test('an event of another source makes no call', async () => {
  await expect(handler({ source: 'aws.ec2', time }, context)).rejects.toThrow('"aws.ec2"');
});
