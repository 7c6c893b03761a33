import type { Clock } from '../../../src/core/clock';
import { ServiceError } from '../../../src/model/errors';
import { redriveRefusal } from '../../../src/services/stepfunctions/redrive';
import { ROLE, stateMachineCloud, type StateMachineCloud } from './state-machine-cloud';

/**
 * Messages and dates as in a recording of AWS:
 * https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws/stepfunctions/redrive_execution.json
 */

let here: StateMachineCloud;
const denied = new Set<string>();
/** Milliseconds that the tests add to the time of the cloud. */
let ahead = 0;
const clock: Clock = {
  now: () => Date.now() + ahead,
  async sleep(_, signal) {
    await new Promise((_resolve, reject) =>
      signal?.addEventListener('abort', () => reject(signal.reason as Error)),
    );
  },
};

beforeAll(async () => {
  here = await stateMachineCloud([], {
    clock,
    authorizer:
      () =>
      ({ principal, action, resources }) => {
        if (!denied.has(action)) return;
        const message = `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resources.join()}`;
        throw new ServiceError('AccessDeniedException', message, { status: 400 });
      },
  });
});
afterEach(() => {
  denied.clear();
  ahead = 0;
});
afterAll(() => here.close());

const WAIT = { Hold: { Type: 'Wait', Seconds: 600, End: true } };

test('a used client token has the same response for 15 minutes, in every status', async () => {
  const executionArn = await here.start(await here.machine(WAIT));
  await here.client.stopExecution({ executionArn });
  const redrive = async (clientToken: string) =>
    (await here.client.redriveExecution({ executionArn, clientToken })).redriveDate;
  const first = await redrive('A');
  ahead = 1_000;
  expect(await redrive('A')).toEqual(first);
  await expect(redrive('B')).rejects.toMatchObject({
    name: 'ExecutionNotRedrivable',
    message: `Execution ${executionArn} invalid for redrive as: Execution is RUNNING and cannot be redriven`,
  });
  await here.client.stopExecution({ executionArn });
  expect(await redrive('A')).toEqual(first);
  expect(await here.client.describeExecution({ executionArn })).toMatchObject({
    status: 'ABORTED',
    redriveCount: 1,
  });
  const second = await redrive('B');
  expect(second).not.toEqual(first);
  expect(await redrive('A')).toEqual(first);
  await here.client.stopExecution({ executionArn });
  ahead = 16 * 60_000;
  expect(await redrive('A')).not.toEqual(first);
  await here.client.stopExecution({ executionArn });
});

const DAY = 24 * 3_600_000;

test.each<[string, (executionArn: string, stateMachineArn: string) => unknown, string]>([
  ['14 days after its end', () => (ahead = 14 * DAY + 1_000), 'Execution redrivable period exceeded'],
  ['a year after its start', () => (ahead = 366 * DAY), 'Execution has exceeded the max execution time'],
  [
    'when its state machine is deleted',
    (_, stateMachineArn) => here.client.deleteStateMachine({ stateMachineArn }),
    'State machine is in DELETING status',
  ],
])('refused: %s', async (_, change, reason) => {
  const stateMachineArn = await here.machine({ No: { Type: 'Fail' } });
  const executionArn = await here.start(stateMachineArn);
  await here.ended(executionArn);
  await change(executionArn, stateMachineArn);
  await expect(here.client.redriveExecution({ executionArn })).rejects.toMatchObject({
    name: 'ExecutionNotRedrivable',
    message: `Execution ${executionArn} invalid for redrive as: ${reason}`,
  });
  expect(await here.client.describeExecution({ executionArn })).toMatchObject({
    redriveStatus: 'NOT_REDRIVABLE',
    redriveStatusReason: reason,
  });
});

test('refused: an execution of an older local cloud, without its definition', () => {
  const arn = 'arn:aws:states:us-east-1:123456789012:execution:m:old';
  const machine = {
    arn: 'm',
    name: 'm',
    definition: '{}',
    roleArn: ROLE,
    created: 0,
    updated: 0,
    revision: 'r',
    tags: [],
  };
  const old = {
    arn,
    stateMachineArn: 'm',
    name: 'old',
    status: 'FAILED',
    startDate: 1,
    stopDate: 2,
    input: '{}',
  } as const;
  expect(redriveRefusal(old, machine, 3)).toBe('Execution was started before the launch of RedriveExecution');
  expect(redriveRefusal({ ...old, revision: 'r' }, machine, 3)).toBeUndefined();
});

test('refused: an execution with a full history, and a successful one', async () => {
  const loop = await here.machine({
    Round: { Type: 'Pass', Next: 'Again?' },
    'Again?': { Type: 'Choice', Choices: [{ Condition: true, Next: 'Round' }], Default: 'End' },
    End: { Type: 'Succeed' },
  });
  const succeeded = await here.start(await here.machine({ Yes: { Type: 'Succeed' } }));
  const full = await here.start(loop);
  for (const [executionArn, reason] of [
    [succeeded, 'Execution is SUCCEEDED and cannot be redriven'],
    [full, 'Execution history event limit exceeded'],
  ]) {
    await here.ended(executionArn!);
    await expect(here.client.redriveExecution({ executionArn })).rejects.toMatchObject({
      message: `Execution ${executionArn} invalid for redrive as: ${reason}`,
    });
  }
});

test('redriving needs states:RedriveExecution on the execution', async () => {
  const executionArn = await here.start(await here.machine({ No: { Type: 'Fail' } }));
  await here.ended(executionArn);
  denied.add('states:RedriveExecution');
  await expect(here.client.redriveExecution({ executionArn })).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining(`states:RedriveExecution on resource: ${executionArn}`),
  });
});

test('executions of a state machine cannot be filtered by redrives', async () => {
  const stateMachineArn = await here.machine(WAIT);
  await expect(
    here.client.listExecutions({ stateMachineArn, redriveFilter: 'REDRIVEN' }),
  ).rejects.toMatchObject({
    name: 'ValidationException',
    message: 'RedriveFilter cannot be applied to ListExecutions call with StateMachine ARN',
  });
});
