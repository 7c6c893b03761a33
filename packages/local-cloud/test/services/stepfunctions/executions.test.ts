import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import type { StartExecutionCommandInput } from '@aws-sdk/client-sfn';
import { Cloud } from '../../../src/core/cloud';
import { stepfunctions } from '../../../src/services/stepfunctions';
import { ROLE, stateMachineCloud, type StateMachineCloud } from './state-machine-cloud';

let here: StateMachineCloud;
beforeAll(async () => (here = await stateMachineCloud()));
afterAll(() => here.close());

const PASS = { Done: { Type: 'Pass', End: true } };
const WAIT = { Hold: { Type: 'Wait', Seconds: 600, End: true } };

test('one runs until its end, with its record and its events', async () => {
  const stateMachineArn = await here.machine({
    Add: { Type: 'Pass', Output: '{% $states.input.a + 1 %}', End: true },
  });
  const { executionArn, startDate } = await here.client.startExecution({
    stateMachineArn,
    name: 'run-1',
    input: '{"a": 1}',
  });
  expect(executionArn).toBe(`${stateMachineArn.replace(':stateMachine:', ':execution:')}:run-1`);
  const description = await here.ended(executionArn!);
  expect(description).toMatchObject({
    status: 'SUCCEEDED',
    input: '{"a": 1}',
    output: '2',
    name: 'run-1',
    startDate,
  });
  const [running, succeeded] = here.events.filter(({ resources }) => resources[0] === executionArn);
  const detail = {
    ...{
      executionArn,
      stateMachineArn,
      name: 'run-1',
      input: '{"a": 1}',
      inputDetails: { included: true },
    },
    ...{ startDate: startDate!.getTime(), error: null, cause: null },
    ...{ stateMachineVersionArn: null, stateMachineAliasArn: null },
    ...{ redriveCount: 0, redriveDate: null, redriveStatus: 'NOT_REDRIVABLE' },
  };
  const reason = (status: string) => `Execution is ${status} and cannot be redriven`;
  expect(running).toMatchObject({
    source: 'aws.states',
    'detail-type': 'Step Functions Execution Status Change',
    detail: {
      ...{ ...detail, status: 'RUNNING', stopDate: null, output: null, outputDetails: null },
      redriveStatusReason: reason('RUNNING'),
    },
  });
  expect(succeeded!.detail).toEqual({
    ...detail,
    ...{ status: 'SUCCEEDED', output: '2', outputDetails: { included: true } },
    redriveStatusReason: reason('SUCCEEDED'),
    stopDate: description.stopDate!.getTime(),
  });
});

test('a repeated start returns the same execution while it runs, and an error otherwise', async () => {
  const stateMachineArn = await here.machine(WAIT);
  const start = (input: string) => here.client.startExecution({ stateMachineArn, name: 'once', input });
  const first = await start('{"a":1}');
  expect(await start('{"a":1}')).toMatchObject({
    executionArn: first.executionArn,
    startDate: first.startDate,
  });
  await expect(start('{"a":2}')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  await here.client.stopExecution({ executionArn: first.executionArn, error: 'Enough', cause: 'by hand' });
  await expect(start('{"a":1}')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  expect(await here.client.describeExecution({ executionArn: first.executionArn })).toMatchObject({
    ...{ status: 'ABORTED', error: 'Enough', cause: 'by hand', stopDate: expect.any(Date) },
  });
});

test.each<[string, Partial<StartExecutionCommandInput>, string, RegExp]>([
  ['a name with a colon', { name: 'a:b' }, 'InvalidName', /'a:b'/],
  ['an empty name', { name: '' }, 'ValidationException', /'' at 'name'/],
  [
    'input that is not JSON',
    { input: '{' },
    'InvalidExecutionInput',
    /Invalid State Machine Execution Input/,
  ],
  ['input over 256 KiB', { input: `"${'x'.repeat(262_144)}"` }, 'ValidationException', /262144/],
  [
    'a missing machine',
    { stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:none' },
    'StateMachineDoesNotExist',
    /none/,
  ],
  [
    'an ARN of another resource',
    { stateMachineArn: 'arn:aws:s3:::bucket' },
    'InvalidArn',
    /arn:aws:s3:::bucket/,
  ],
  [
    'what is not an ARN',
    { stateMachineArn: 'machine' },
    'InvalidArn',
    /^Invalid Arn: 'Invalid ARN prefix: machine'$/,
  ],
  [
    'an ARN of an execution',
    { stateMachineArn: 'arn:aws:states:us-east-1:123456789012:execution:m:e' },
    'InvalidArn',
    /^Invalid Arn: 'Resource type not valid in this context: execution'$/,
  ],
])('refused: %s', async (_, change, name, message) => {
  const stateMachineArn = await here.machine(PASS);
  await expect(here.client.startExecution({ stateMachineArn, ...change })).rejects.toMatchObject({
    name,
    message: expect.stringMatching(message),
  });
});

test.each(['x', 'naïve!', "it's(1)"])('a name may be %s', async (name) => {
  const { executionArn } = await here.client.startExecution({
    stateMachineArn: await here.machine(PASS),
    name,
  });
  expect((await here.ended(executionArn!)).status).toBe('SUCCEEDED');
});

test('they are listed newest first, by status and in pages', async () => {
  const stateMachineArn = await here.machine({
    Which: {
      Type: 'Choice',
      Choices: [{ Condition: '{% $states.input.fail %}', Next: 'No' }],
      Default: 'Yes',
    },
    No: { Type: 'Fail', Error: 'Refused', Cause: 'as asked' },
    Yes: { Type: 'Succeed' },
  });
  const arns: string[] = [];
  for (const fail of [false, true, false]) {
    arns.push(await here.start(stateMachineArn, { fail }));
    await here.ended(arns.at(-1)!);
  }
  const list = (more: object) => here.client.listExecutions({ stateMachineArn, ...more });
  const failed = (await list({ statusFilter: 'FAILED' })).executions!;
  expect(failed.map(({ executionArn }) => executionArn)).toEqual([arns[1]]);
  const first = await list({ maxResults: 2 });
  const second = await list({ maxResults: 2, nextToken: first.nextToken });
  expect(second.nextToken).toBeUndefined();
  const all = [...first.executions!, ...second.executions!];
  expect(all.map(({ executionArn }) => executionArn).sort()).toEqual([...arns].sort());
  const dates = all.map(({ startDate }) => startDate!.getTime());
  expect(dates).toEqual([...dates].sort((a, b) => b - a));
  await expect(list({ nextToken: 'x' })).rejects.toMatchObject({ name: 'InvalidToken' });
});

test('a history is complete while its execution runs, in pages, in both orders, with or without data', async () => {
  const stateMachineArn = await here.machine({
    Note: {
      Type: 'Pass',
      Assign: { kept: '{% $states.input.secret & "secret" %}' },
      Output: 'noted',
      Next: 'Hold',
    },
    ...WAIT,
  });
  const executionArn = await here.start(stateMachineArn, { secret: 1 });
  const TYPES = ['ExecutionStarted', 'PassStateEntered', 'PassStateExited', 'WaitStateEntered'];
  const events = await here.history(executionArn);
  expect(events.map(({ type }) => type)).toEqual(TYPES);
  expect(events[0]).toMatchObject({
    id: 1,
    timestamp: expect.any(Date),
    executionStartedEventDetails: { input: '{"secret":1}', roleArn: ROLE },
  });
  const pages = async (more: object) => {
    const types: string[][] = [];
    let nextToken: string | undefined;
    do {
      const answer = await here.client.getExecutionHistory({
        executionArn,
        maxResults: 3,
        nextToken,
        ...more,
      });
      types.push(answer.events!.map(({ type }) => type!));
      nextToken = answer.nextToken;
    } while (nextToken);
    return types;
  };
  expect(await pages({})).toEqual([TYPES.slice(0, 3), TYPES.slice(3)]);
  expect(await pages({ reverseOrder: true })).toEqual([[...TYPES].reverse().slice(0, 3), TYPES.slice(0, 1)]);
  const { events: bare } = await here.client.getExecutionHistory({
    executionArn,
    includeExecutionData: false,
  });
  expect(JSON.stringify(bare)).not.toContain('secret');
  await here.client.stopExecution({ executionArn });
  expect((await here.history(executionArn)).at(-1)!.type).toBe('ExecutionAborted');
});

test('a rule starts executions with its event and its role', async () => {
  const stateMachineArn = await here.machine(PASS);
  const bus = new EventBridge(here.here.client);
  await bus.putRule({ Name: 'starter', EventPattern: JSON.stringify({ source: ['test'] }) });
  await bus.putTargets({
    Rule: 'starter',
    Targets: [
      {
        Id: '1',
        Arn: stateMachineArn,
        RoleArn: 'arn:aws:iam::123456789012:role/Starter',
        InputPath: '$.detail',
      },
    ],
  });
  await bus.putEvents({ Entries: [{ Source: 'test', DetailType: 't', Detail: '{"n": 7}' }] });
  const started = await here.event(
    ({ source, detail }) => source === 'aws.states' && detail.stateMachineArn === stateMachineArn,
  );
  expect(JSON.parse(started.detail.input as string)).toEqual({ n: 7 });
  await here.ended(started.resources[0]!);
  const call = here.here.cloud.journal.entries().find(({ principal }) => principal.includes('/Starter/'));
  expect(call).toMatchObject({ operation: 'StartExecution', outcome: 'ok' });
});

test('everything is kept after a restart, and running executions were aborted', async () => {
  const stateMachineArn = await here.machine(PASS);
  const done = await here.start(stateMachineArn, 1);
  await here.ended(done);
  const open = await here.start(await here.machine(WAIT));
  const before = await here.history(done);
  await here.restart();
  expect(await here.client.describeStateMachine({ stateMachineArn })).toMatchObject({ roleArn: ROLE });
  expect(await here.client.describeExecution({ executionArn: done })).toMatchObject({
    status: 'SUCCEEDED',
    output: '1',
  });
  expect(await here.history(done)).toEqual(before);
  expect(await here.client.describeExecution({ executionArn: open })).toMatchObject({
    status: 'ABORTED',
    cause: 'The local cloud was closed.',
  });
  expect((await here.history(open)).at(-1)!.type).toBe('ExecutionAborted');
});

test('executions that ran when the cloud was killed are aborted, and their history is kept', async () => {
  const executionArn = await here.start(await here.machine(WAIT));
  here.here.cloud.stores.flush();
  const stateDirectory = mkdtempSync(join(tmpdir(), 'cloud-'));
  cpSync(here.here.stateDirectory, stateDirectory, { recursive: true });
  const next = new Cloud({ stateDirectory }).register(stepfunctions);
  await next.listen();
  const caller = { principal: next.principals.operator };
  const execution = await next.call('sfn', 'DescribeExecution', { executionArn }, caller);
  expect(execution).toMatchObject({
    status: 'ABORTED',
    cause: expect.stringContaining('The local cloud ended while'),
  });
  const { events } = await next.call('sfn', 'GetExecutionHistory', { executionArn }, caller);
  expect(events!.map(({ type }) => type)).toEqual([
    'ExecutionStarted',
    'WaitStateEntered',
    'ExecutionAborted',
  ]);
  await next.close();
  rmSync(stateDirectory, { recursive: true });
});
