import { EventBridge, type Target } from '@aws-sdk/client-eventbridge';
import { SNS } from '@aws-sdk/client-sns';
import type { Delivery } from '../../../src/core/events';
import { eventbridge } from '../../../src/services/eventbridge';
import { logs } from '../../../src/services/logs';
import { sns } from '../../../src/services/sns';
import { ManualClock } from '../../../src/testing/manual-clock';
import { testCloud, type TestCloud } from '../../support/test-cloud';

let here: TestCloud;
let clock: ManualClock;
let client: EventBridge;
let delivered: Delivery[];

const TARGET = 'arn:aws:sqs:us-east-1:123456789012:q';

beforeEach(async () => {
  clock = new ManualClock(Date.parse('2026-11-21T09:30:00Z'));
  here = await testCloud([eventbridge, sns, logs], { clock });
  client = new EventBridge(here.client);
  delivered = [];
  here.cloud.events.registerTarget(
    (arn) => arn === TARGET,
    async (delivery) => void delivered.push(delivery),
  );
});
afterEach(() => here.close());

async function rule(EventPattern: object, targets: Partial<Target>[] = [{}], Name = 'r'): Promise<void> {
  await client.putRule({ Name, EventPattern: JSON.stringify(EventPattern) });
  await client.putTargets({
    Rule: Name,
    Targets: targets.map((target, i) => ({ Id: `t${i}`, Arn: TARGET, ...target })),
  });
}

const happened = (detail: object = { state: 'FAILED' }) => ({
  Source: 'app',
  DetailType: 'Run',
  Detail: JSON.stringify(detail),
  Resources: ['arn:r'],
});

async function publish(...entries: object[]) {
  const answer = await client.putEvents({ Entries: entries });
  await here.cloud.events.settled();
  return answer;
}

test('a matching event is sent to the targets of the rule, with its role and source', async () => {
  await rule({ source: ['app'], detail: { state: ['FAILED'] } }, [
    { RoleArn: 'arn:aws:iam::123456789012:role/Events' },
  ]);
  const { Entries, FailedEntryCount } = await publish(happened(), happened({ state: 'OK' }));
  expect([FailedEntryCount, Entries?.length]).toEqual([0, 2]);
  expect(delivered).toMatchObject([
    {
      sourceArn: 'arn:aws:events:us-east-1:123456789012:rule/r',
      roleArn: 'arn:aws:iam::123456789012:role/Events',
      from: { arn: 'events.amazonaws.com' },
      input: {
        id: Entries?.[0]?.EventId,
        source: 'app',
        'detail-type': 'Run',
        detail: { state: 'FAILED' },
        resources: ['arn:r'],
      },
    },
  ]);
});

const time = (delivery: Delivery) => delivery.input as { time: string };

test.each<[string, Partial<Target>, unknown]>([
  ['a constant', { Input: '{"a":1}' }, { a: 1 }],
  ['a part', { InputPath: '$.detail' }, { name: 'x "y"', n: 5, list: [1, 2] }],
  ['an element', { InputPath: "$.detail['list'][1]" }, 2],
  ['an absent value', { InputPath: '$.detail.missing' }, {}],
  [
    'a template of JSON',
    {
      InputTransformer: {
        InputPathsMap: { name: '$.detail.name', n: '$.detail.n', all: '$.detail.list' },
        InputTemplate: '{"name": <name>, "n": <n>, "all": <all>, "text": "n=<n> name=<name>"}',
      },
    },
    { name: 'x "y"', n: 5, all: [1, 2], text: 'n=5 name=x "y"' },
  ],
  [
    'a template of text',
    {
      InputTransformer: {
        InputPathsMap: { n: '$.detail.n', gone: '$.detail.gone' },
        InputTemplate: '"<n> of <aws.events.rule-name><gone>"',
      },
    },
    '5 of r',
  ],
])('a target receives %s', async (_, target, expected) => {
  await rule({ source: ['app'] }, [target]);
  await publish(happened({ name: 'x "y"', n: 5, list: [1, 2] }));
  expect(delivered.map(({ input }) => input)).toEqual([expected]);
});

test('a disabled rule does not fire until it is enabled', async () => {
  await rule({ source: ['app'] });
  await client.disableRule({ Name: 'r' });
  await publish(happened());
  expect(delivered).toEqual([]);
  await client.enableRule({ Name: 'r' });
  await publish(happened());
  expect(delivered).toHaveLength(1);
  expect(time(delivered[0]!).time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
});

test('topics and log groups can be targets', async () => {
  const { TopicArn } = await new SNS(here.client).createTopic({ Name: 'n' });
  const seen: unknown[] = [];
  here.cloud.events.registerTarget(
    (arn) => arn.includes(':lambda:'),
    async ({ input }) => void seen.push(input),
  );
  await new SNS(here.client).subscribe({
    TopicArn,
    Protocol: 'lambda',
    Endpoint: 'arn:aws:lambda:us-east-1:1:function:f',
  });
  const caller = { principal: here.cloud.principals.operator };
  await here.cloud.call('cloudwatchlogs', 'CreateLogGroup', { logGroupName: '/events' }, caller);
  const group = 'arn:aws:logs:us-east-1:123456789012:log-group:/events';
  await rule({ source: ['app'] }, [{ Arn: TopicArn, InputPath: '$.detail.state' }, { Arn: group }]);
  await publish(happened());
  expect(here.cloud.events.failures).toEqual([]);
  expect(seen).toMatchObject([{ Records: [{ Sns: { Message: 'FAILED' } }] }]);
  const { events } = await here.cloud.call(
    'cloudwatchlogs',
    'FilterLogEvents',
    { logGroupName: '/events' },
    caller,
  );
  expect(events?.map(({ message }) => JSON.parse(message!) as unknown)).toMatchObject([
    { detail: { state: 'FAILED' } },
  ]);
});

test('rules and targets are listed, in pages, and deleted', async () => {
  for (const name of ['b', 'a', 'c']) await rule({ source: [name] }, [{}], name);
  const first = await client.listRules({ Limit: 2 });
  const second = await client.listRules({ NextToken: first.NextToken });
  expect([first, second].map(({ Rules }) => Rules?.map(({ Name }) => Name))).toEqual([['a', 'b'], ['c']]);
  expect((await client.listTargetsByRule({ Rule: 'a' })).Targets).toEqual([{ Id: 't0', Arn: TARGET }]);
  expect(await client.describeRule({ Name: 'a' })).toMatchObject({
    State: 'ENABLED',
    EventPattern: '{"source":["a"]}',
  });
  await expect(client.deleteRule({ Name: 'a' })).rejects.toThrow(
    "Rule can't be deleted since it has targets.",
  );
  expect((await client.removeTargets({ Rule: 'a', Ids: ['t0', 'x'] })).FailedEntries).toMatchObject([
    { TargetId: 'x' },
  ]);
  await client.deleteRule({ Name: 'a' });
  await expect(client.describeRule({ Name: 'a' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'Rule a does not exist on EventBus default.',
  });
});

test.each([
  ['a detail that is not an object', { Detail: '[1]' }, 'MalformedDetail'],
  ['no source', { Source: '' }, 'InvalidArgument'],
  ["AWS's own source", { Source: 'aws.s3' }, 'NotAuthorizedForSourceException'],
  ['more than 256 KB', { Detail: JSON.stringify({ x: 'x'.repeat(262_144) }) }, 'InvalidArgument'],
])('an entry with %s fails alone', async (_, part, ErrorCode) => {
  const { FailedEntryCount, Entries } = await publish({ ...happened(), ...part }, happened());
  expect(FailedEntryCount).toBe(1);
  expect(Entries).toMatchObject([{ ErrorCode }, { EventId: expect.any(String) }]);
});

test.each<[string, object, string, RegExp]>([
  ['no pattern and no schedule', {}, 'ValidationException', /EventPattern or ScheduleExpression/],
  ['a pattern that is not JSON', { EventPattern: '{' }, 'InvalidEventPatternException', /not valid. Reason/],
  [
    'a pattern with an unknown operator',
    { EventPattern: '{"a":[{"like":"x"}]}' },
    'InvalidEventPatternException',
    /unknown operator like/,
  ],
  [
    'an invalid name',
    { Name: 'a b', EventPattern: '{"a":["x"]}' },
    'ValidationException',
    /Value 'a b' at 'name'/,
  ],
  [
    'another bus',
    { EventBusName: 'mine', EventPattern: '{"a":["x"]}' },
    'ResourceNotFoundException',
    /Event bus mine/,
  ],
  ['a rate without a unit', { ScheduleExpression: 'rate(5)' }, 'ValidationException', /must be rate/],
  [
    'a rate of 1 in the plural',
    { ScheduleExpression: 'rate(1 days)' },
    'ValidationException',
    /singular unit/,
  ],
  [
    'a cron of five fields',
    { ScheduleExpression: 'cron(0 3 * * *)' },
    'ValidationException',
    /6 fields, not 5/,
  ],
  ['a cron with both days', { ScheduleExpression: 'cron(0 3 * * * *)' }, 'ValidationException', /must be \?/],
])('a rule with %s is refused', async (_, input, name, message) => {
  const attempt = client.putRule({ Name: 'r', ...input });
  await expect(attempt).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
});

describe('a rule with a schedule', () => {
  const scheduled = async (ScheduleExpression: string, State: 'ENABLED' | 'DISABLED' = 'ENABLED') => {
    await client.putRule({ Name: 's', ScheduleExpression, State });
    await client.putTargets({ Rule: 's', Targets: [{ Id: 't', Arn: TARGET }] });
  };
  const firedAt = () => delivered.map((delivery) => time(delivery).time.slice(0, 16));

  test.each([
    ['rate(1 hour)', ['2026-11-21T10:30', '2026-11-21T11:30']],
    ['cron(0 11,12 ? * SAT *)', ['2026-11-21T11:00', '2026-11-21T12:00']],
  ])('%s fires in UTC, for its own targets only', async (expression, expected) => {
    await rule({ source: ['aws.events'] }, [{ Input: '"other"' }]);
    await scheduled(expression);
    await clock.pass(3 * 3_600 - 1);
    await here.cloud.events.settled();
    expect(firedAt()).toEqual(expected);
    expect(delivered[0]!.input).toMatchObject({
      ...{ source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} },
      resources: ['arn:aws:events:us-east-1:123456789012:rule/s'],
    });
  });

  test('does not fire while it is disabled, and after its deletion', async () => {
    await scheduled('rate(1 minute)', 'DISABLED');
    await clock.pass(120);
    await client.enableRule({ Name: 's' });
    await clock.pass(30);
    expect(firedAt()).toHaveLength(0);
    await clock.pass(31);
    expect(firedAt()).toHaveLength(1);
    await client.removeTargets({ Rule: 's', Ids: ['t'] });
    await client.deleteRule({ Name: 's' });
    await clock.pass(600);
    expect(firedAt()).toHaveLength(1);
  });
});

test('invalid targets are refused', async () => {
  await rule({ source: ['app'] });
  const put = (target: Partial<Target>) =>
    client.putTargets({ Rule: 'r', Targets: [{ Id: 'x', Arn: TARGET, ...target }] });
  await expect(put({ Input: '{' })).rejects.toThrow(/Target x: Input '{' is not valid JSON/);
  await expect(put({ Input: '{}', InputPath: '$' })).rejects.toThrow(/Only one of/);
  await expect(put({ InputPath: 'detail' })).rejects.toThrow(/'detail' is not a JSON path/);
  const many = Array.from({ length: 6 }, (__, i) => ({ Id: `m${i}`, Arn: TARGET }));
  await expect(client.putTargets({ Rule: 'r', Targets: many })).rejects.toMatchObject({
    name: 'LimitExceededException',
  });
});

test('rules keep working after a restart', async () => {
  await rule({ source: ['app'] });
  await here.restart();
  client = new EventBridge(here.client);
  here.cloud.events.registerTarget(
    (arn) => arn === TARGET,
    async (delivery) => void delivered.push(delivery),
  );
  await publish(happened());
  expect(delivered).toHaveLength(1);
});
