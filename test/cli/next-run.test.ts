import { GetScheduleCommand, ResourceNotFoundException } from '@aws-sdk/client-scheduler';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { findNextRun, nextRunText } from '../../cli/next-run';
import { fakeClients, serviceError } from '../lambda/support/fake-clients';

const aws = fakeClients();
const ARN = 'arn:aws:states:eu-west-1:1:stateMachine:M';
const trigger = { kind: 'newData' as const, detail: 's3://b/data/1.csv' };
const since = '2026-11-21T09:00:00.000Z';
const schedule = { Name: 'next-run', GroupName: 'group' };
const Input = JSON.stringify({ nextRun: { runId: 'auto-1', since: Date.parse(since), trigger } });

const find = (group: string | undefined = 'group') => findNextRun(new SFNClient(), ARN, group);

test.each([
  [
    [{ name: 'run-1' }],
    'run-1',
    'new data: s3://b/data/1.csv, requested 2026-11-21 09:00',
    'the end of run-1',
  ],
  [[], null, 'new data: s3://b/data/1.csv, requested 2026-11-21 09:00', 'starts within minutes'],
])('the next run, while %j run', async (executions, waitsFor, text, when) => {
  aws.expect(GetScheduleCommand, schedule, { Target: { Input } });
  const running = { stateMachineArn: ARN, statusFilter: 'RUNNING' as const, maxResults: 1 };
  aws.expect(ListExecutionsCommand, running, { executions });
  const nextRun = await find();
  expect(nextRun).toEqual({ trigger, since, waitsFor });
  expect(nextRunText(nextRun!)).toMatch(new RegExp(`^${text}.* UTC; .*${when}$`));
});

test.each([
  ['no request', new ResourceNotFoundException({ message: 'none', $metadata: {}, Message: 'none' })],
  ['no permission', serviceError('AccessDeniedException')],
])('there is none with %s', async (_, error) => {
  aws.expect(GetScheduleCommand, schedule, error);
  expect(await find()).toBeNull();
});

test('a pipeline without triggers is not asked', async () => {
  expect(await findNextRun(new SFNClient(), ARN, undefined)).toBeNull();
});

test('any other error fails the command', async () => {
  aws.expect(GetScheduleCommand, schedule, serviceError('ThrottlingException'));
  await expect(find()).rejects.toMatchObject({ name: 'ThrottlingException' });
});
