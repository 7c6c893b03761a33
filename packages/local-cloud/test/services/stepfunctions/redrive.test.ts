import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cloud } from '../../../src/core/cloud';
import { stepfunctions } from '../../../src/services/stepfunctions';
import { sagemaker, stopped } from './fakes';
import { stateMachineCloud, type StateMachineCloud } from './state-machine-cloud';

/**
 * Members and messages as in a recording of AWS:
 * https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws/stepfunctions/redrive_execution.json
 */

let here: StateMachineCloud;
beforeAll(async () => (here = await stateMachineCloud([sagemaker])));
afterAll(() => here.close());

const READ = 'arn:aws:states:::aws-sdk:ssm:getParameter';
const read = (name: string, more: object = { End: true }) => ({
  Type: 'Task',
  Resource: READ,
  Arguments: { Name: name },
  Output: '{% $states.result.Parameter.Value %}',
  ...more,
});
const put = (Name: string) =>
  here.here.cloud.call(
    'ssm',
    'PutParameter',
    { Name, Value: `value of ${Name}`, Type: 'String', Overwrite: true },
    { principal: here.here.cloud.principals.operator },
  );
const WAIT = { Hold: { Type: 'Wait', Seconds: 600, End: true } };

/** Resolves when the execution's latest attempt has ended. */
async function attemptEnded(executionArn: string, redriveCount: number) {
  await here.event(
    ({ detail }) =>
      detail.executionArn === executionArn &&
      detail.redriveCount === redriveCount &&
      detail.status !== 'RUNNING',
  );
  return here.client.describeExecution({ executionArn });
}

const statusChanges = (executionArn: string) =>
  here.events
    .filter(({ resources }) => resources[0] === executionArn)
    .map(({ detail }) => [
      detail.status,
      detail.redriveCount,
      detail.redriveStatus,
      detail.redriveStatusReason,
    ]);

test('a failed execution continues from the failed state, in describe, list, events and history', async () => {
  const stateMachineArn = await here.machine({
    First: { Type: 'Pass', Assign: { kept: '{% $states.input.n %}' }, Next: 'Read' },
    Read: read('/late', { Next: 'Last' }),
    Last: { Type: 'Pass', Output: '{% [$kept, $states.input] %}', End: true },
  });
  const executionArn = await here.start(stateMachineArn, { n: 5 });
  const failed = await here.ended(executionArn);
  expect(failed).toMatchObject({ status: 'FAILED', redriveCount: 0, redriveStatus: 'REDRIVABLE' });
  expect(failed.redriveStatusReason).toBeUndefined();
  expect(failed.redriveDate).toBeUndefined();
  // The definition is that of the start.
  await here.client.updateStateMachine({
    stateMachineArn,
    definition: JSON.stringify({ StartAt: 'No', States: { No: { Type: 'Fail' } } }),
  });
  await put('/late');
  const { redriveDate } = await here.client.redriveExecution({ executionArn });
  const done = await attemptEnded(executionArn, 1);
  expect(done).toMatchObject({
    ...{ status: 'SUCCEEDED', output: '[5,"value of /late"]', input: '{"n":5}', startDate: failed.startDate },
    ...{ redriveCount: 1, redriveDate, redriveStatus: 'NOT_REDRIVABLE' },
    redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
  });
  expect([done.error, done.cause]).toEqual([undefined, undefined]);
  expect((await here.client.listExecutions({ stateMachineArn })).executions).toEqual([
    expect.objectContaining({ executionArn, redriveCount: 1, redriveDate, status: 'SUCCEEDED' }),
  ]);
  const running = 'Execution is RUNNING and cannot be redriven';
  expect(statusChanges(executionArn)).toEqual([
    ['RUNNING', 0, 'NOT_REDRIVABLE', running],
    ['FAILED', 0, 'REDRIVABLE', null],
    ['RUNNING', 1, 'NOT_REDRIVABLE', running],
    ['SUCCEEDED', 1, 'NOT_REDRIVABLE', 'Execution is SUCCEEDED and cannot be redriven'],
  ]);
  const restarted = here.events.filter(({ resources }) => resources[0] === executionArn)[2]!;
  expect(restarted.detail).toMatchObject({
    redriveDate: redriveDate!.getTime(),
    stopDate: null,
    error: null,
  });
  const history = await here.history(executionArn);
  const redriven = history.findIndex(({ type }) => type === 'ExecutionRedriven');
  expect(history.slice(redriven - 1, redriven + 2)).toMatchObject([
    { type: 'ExecutionFailed', id: 8 },
    { type: 'ExecutionRedriven', previousEventId: 8, executionRedrivenEventDetails: { redriveCount: 1 } },
    { type: 'TaskScheduled', previousEventId: 4 },
  ]);
  expect(JSON.stringify(history)).not.toContain('trace');
});

test('the context object counts redrives and has the time of the last one', async () => {
  const look = '{% $states.context.Execution %}';
  const stateMachineArn = await here.machine({
    Which: {
      Type: 'Choice',
      Choices: [{ Condition: '{% $states.context.Execution.RedriveCount = 2 %}', Next: 'Look' }],
    },
    Look: { Type: 'Pass', Output: look, End: true },
  });
  const executionArn = await here.start(stateMachineArn);
  await here.ended(executionArn);
  await here.client.redriveExecution({ executionArn });
  expect(await attemptEnded(executionArn, 1)).toMatchObject({
    status: 'FAILED',
    error: 'States.NoChoiceMatched',
  });
  const { redriveDate } = await here.client.redriveExecution({ executionArn });
  const { output, startDate } = await attemptEnded(executionArn, 2);
  expect(JSON.parse(output!)).toMatchObject({
    ...{ Id: executionArn, RedriveCount: 2, RedriveTime: redriveDate!.toISOString() },
    StartTime: startDate!.toISOString(),
  });
});

test('a redriven execution is running and has no end; a stopped one can be redriven', async () => {
  const executionArn = await here.start(await here.machine(WAIT));
  await here.client.stopExecution({ executionArn, error: 'Enough', cause: 'by hand' });
  const { redriveDate } = await here.client.redriveExecution({ executionArn });
  const running = await here.client.describeExecution({ executionArn });
  expect(running).toMatchObject({
    ...{ status: 'RUNNING', redriveCount: 1, redriveDate, redriveStatus: 'NOT_REDRIVABLE' },
    redriveStatusReason: 'Execution is RUNNING and cannot be redriven',
  });
  expect([running.stopDate, running.error, running.cause]).toEqual([undefined, undefined, undefined]);
  await here.client.stopExecution({ executionArn });
  expect((await here.history(executionArn)).map(({ type }) => type)).toEqual([
    ...['ExecutionStarted', 'WaitStateEntered', 'ExecutionAborted'],
    ...['ExecutionRedriven', 'ExecutionAborted'],
  ]);
});

test('it continues after a restart of the cloud, with variables and finished branches', async () => {
  const branch = (name: string) => ({ StartAt: name, States: { [name]: read(`/${name}`) } });
  const stateMachineArn = await here.machine({
    Keep: { Type: 'Pass', Assign: { kept: [1, { two: 2 }] }, Next: 'Both' },
    Both: {
      Type: 'Parallel',
      Branches: [branch('ready'), branch('unready')],
      Output: '{% $append($kept, $states.result) %}',
      End: true,
    },
  });
  await put('/ready');
  const executionArn = await here.start(stateMachineArn);
  expect((await here.ended(executionArn)).status).toBe('FAILED');
  await put('/unready');
  await here.restart();
  await here.client.redriveExecution({ executionArn });
  const { output } = await attemptEnded(executionArn, 1);
  expect(JSON.parse(output!)).toEqual([1, { two: 2 }, 'value of /ready', 'value of /unready']);
  const scheduled = (await here.history(executionArn)).filter(({ type }) => type === 'TaskScheduled');
  expect(
    scheduled.map(({ taskScheduledEventDetails }) => JSON.parse(taskScheduledEventDetails!.parameters!)),
  ).toEqual([{ Name: '/ready' }, { Name: '/unready' }, { Name: '/unready' }]);
});

test('an execution that the restart aborted continues', async () => {
  const executionArn = await here.start(await here.machine(WAIT));
  await here.restart();
  expect((await here.client.describeExecution({ executionArn })).redriveStatus).toBe('REDRIVABLE');
  await here.client.redriveExecution({ executionArn });
  expect((await here.history(executionArn)).at(-1)).toMatchObject({
    type: 'ExecutionRedriven',
    previousEventId: 3,
  });
  await here.client.stopExecution({ executionArn });
});

test('an execution that was lost with the cloud continues from the last written event', async () => {
  const stateMachineArn = await here.machine({
    Note: { Type: 'Pass', Assign: { noted: 1 }, Next: 'Hold' },
    Hold: {
      Type: 'Wait',
      Seconds: '{% $states.context.Execution.RedriveCount = 0 ? 600 : 0 %}',
      Next: 'End',
    },
    End: { Type: 'Pass', Output: '{% $noted %}', End: true },
  });
  const executionArn = await here.start(stateMachineArn);
  here.here.cloud.stores.flush();
  const stateDirectory = mkdtempSync(join(tmpdir(), 'cloud-'));
  cpSync(here.here.stateDirectory, stateDirectory, { recursive: true });
  const next = new Cloud({ stateDirectory }).register(stepfunctions);
  await next.listen();
  const ended = new Promise<Record<string, unknown>>((resolve) => {
    next.events.subscribe(({ detail }) => {
      if (detail.executionArn === executionArn && detail.status === 'SUCCEEDED') resolve(detail);
    });
  });
  await next.call('sfn', 'RedriveExecution', { executionArn }, { principal: next.principals.operator });
  expect(await ended).toMatchObject({ output: '1', redriveCount: 1 });
  await next.close();
  rmSync(stateDirectory, { recursive: true });
  await here.client.stopExecution({ executionArn });
});

test('a .sync task starts a new job', async () => {
  const training = {
    TrainingJobName: "{% 'fail-' & $string($states.context.Execution.RedriveCount) %}",
    RoleArn: 'arn:aws:iam::123456789012:role/Job',
    AlgorithmSpecification: { TrainingImage: 'image', TrainingInputMode: 'File' },
    OutputDataConfig: { S3OutputPath: 's3://bucket/' },
    ResourceConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 },
    StoppingCondition: { MaxRuntimeInSeconds: 60 },
  };
  const name = "{% ['open-0', 'complete-1'][$states.context.Execution.RedriveCount] %}";
  const executionArn = await here.start(
    await here.machine({
      Train: {
        Type: 'Task',
        Resource: 'arn:aws:states:::sagemaker:createTrainingJob.sync',
        Arguments: { ...training, TrainingJobName: name },
        Output: '{% $states.result.TrainingJobName %}',
        End: true,
      },
    }),
  );
  await here.event(({ detail }) => detail.TrainingJobName === 'open-0');
  await here.client.stopExecution({ executionArn });
  expect(stopped.some((job) => job.startsWith('open-0 '))).toBe(true);
  await here.client.redriveExecution({ executionArn });
  expect(await attemptEnded(executionArn, 1)).toMatchObject({ status: 'SUCCEEDED', output: '"complete-1"' });
});

test.each([
  [
    'arn:aws:states:us-east-1:123456789012:execution:machine:none',
    'ExecutionDoesNotExist',
    "Execution Does Not Exist: 'arn:aws:states:us-east-1:123456789012:execution:machine:none'",
  ],
  [
    'arn:aws:states:us-east-1:123456789012:express:machine:run:e036ca4a-4902-4d6b-b9b8-0fabb1a646c3',
    'InvalidArn',
    "Invalid Arn: 'Resource type not valid in this context: express'",
  ],
])('refused: %s is %s', async (executionArn, name, message) => {
  await expect(here.client.redriveExecution({ executionArn })).rejects.toMatchObject({ name, message });
});
