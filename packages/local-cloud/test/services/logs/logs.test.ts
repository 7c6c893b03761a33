import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { logs } from '../../../src/services/logs';
import { messageFilter } from '../../../src/services/logs/filter';
import { testCloud, type TestCloud } from '../../support/test-cloud';

const NOW = Date.UTC(2030, 0, 1);
const GROUP = '/aws/test';

let here: TestCloud;
let client: CloudWatchLogs;

beforeEach(async () => {
  here = await testCloud([logs], { clock: { now: () => NOW, sleep: () => Promise.resolve() } });
  client = new CloudWatchLogs(here.client);
  await client.createLogGroup({ logGroupName: GROUP });
});
afterEach(() => here.close());

/** Writes messages one second apart, the first at `start` seconds from now. */
async function write(logStreamName: string, messages: string[], start = 0) {
  await client.createLogStream({ logGroupName: GROUP, logStreamName }).catch(() => undefined);
  const logEvents = messages.map((message, i) => ({ message, timestamp: NOW + (start + i) * 1000 }));
  return client.putLogEvents({ logGroupName: GROUP, logStreamName, logEvents });
}

const texts = (answer: { events?: { message?: string }[] }) => answer.events?.map(({ message }) => message);

test('events are read forwards and backwards in pages; at an end the token stays the same', async () => {
  await write('s', ['1', '2', '3', '4', '5']);
  const read = (more: object) =>
    client.getLogEvents({ logGroupName: GROUP, logStreamName: 's', limit: 2, ...more });
  const head = await read({ startFromHead: true });
  const next = await read({ startFromHead: true, nextToken: head.nextForwardToken });
  const last = await read({ startFromHead: true, nextToken: next.nextForwardToken });
  const end = await read({ startFromHead: true, nextToken: last.nextForwardToken });
  expect([head, next, last, end].map(texts)).toEqual([['1', '2'], ['3', '4'], ['5'], []]);
  expect(end.nextForwardToken).toBe(last.nextForwardToken);
  const tail = await read({});
  expect(texts(tail)).toEqual(['4', '5']);
  expect(texts(await read({ nextToken: tail.nextBackwardToken }))).toEqual(['2', '3']);
  expect(texts(await read({ startTime: NOW + 1000, endTime: NOW + 3000 }))).toEqual(['2', '3']);
});

test('events of several streams are filtered in the order of time', async () => {
  await write('a', ['start', 'ERROR one', 'end'], 0);
  await write('b', ['ERROR two', 'error three'], 5);
  const filter = (more: object) => client.filterLogEvents({ logGroupName: GROUP, ...more });
  expect(texts(await filter({ filterPattern: 'ERROR' }))).toEqual(['ERROR one', 'ERROR two']);
  expect(texts(await filter({ logStreamNames: ['b'] }))).toEqual(['ERROR two', 'error three']);
  const first = await filter({ limit: 4 });
  expect(texts(await filter({ nextToken: first.nextToken }))).toEqual(['error three']);
});

test.each([
  ['', 'anything', true],
  ['ERROR', 'an ERROR here', true],
  ['ERROR', 'an error here', false],
  ['a b', 'b then a', true],
  ['a b', 'only a', false],
  ['"a b"', 'b then a', false],
  ['?x ?y', 'some y', true],
  ['?x ?y', 'none', false],
  ['a -b', 'a', true],
  ['a -b', 'a b', false],
])('the filter %j on %j', (pattern, message, expected) => {
  expect(messageFilter(pattern)(message)).toBe(expected);
});

test('a filter on fields is refused by name', async () => {
  const attempt = client.filterLogEvents({ logGroupName: GROUP, filterPattern: '{ $.level = "x" }' });
  await expect(attempt).rejects.toMatchObject({ name: 'NotImplemented' });
});

test('groups and streams are described', async () => {
  await write('old', ['x'], 0);
  await write('new', ['x'], 9);
  await client.putRetentionPolicy({ logGroupName: GROUP, retentionInDays: 30 });
  const { logGroups } = await client.describeLogGroups({ logGroupNamePrefix: '/aws' });
  expect(logGroups).toMatchObject([
    { logGroupName: GROUP, retentionInDays: 30, creationTime: NOW, arn: expect.stringMatching(/:\*$/) },
  ]);
  const latest = await client.describeLogStreams({
    logGroupName: GROUP,
    orderBy: 'LastEventTime',
    descending: true,
    limit: 1,
  });
  expect(latest.logStreams).toMatchObject([
    { logStreamName: 'new', lastEventTimestamp: NOW + 9000, lastIngestionTime: NOW },
  ]);
});

test('events too old or too new are skipped and reported', async () => {
  const day = 86_400_000;
  const times = [NOW - 15 * day, NOW, NOW + day];
  await client.createLogStream({ logGroupName: GROUP, logStreamName: 's' });
  const logEvents = times.map((timestamp) => ({ timestamp, message: String(timestamp) }));
  const { rejectedLogEventsInfo } = await client.putLogEvents({
    logGroupName: GROUP,
    logStreamName: 's',
    logEvents,
  });
  expect(rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1, tooNewLogEventStartIndex: 2 });
  expect(texts(await client.getLogEvents({ logGroupName: GROUP, logStreamName: 's' }))).toEqual([
    String(NOW),
  ]);
});

test('invalid requests are refused as in AWS', async () => {
  await write('s', ['x']);
  const put = (logEvents: { timestamp: number; message: string }[]) =>
    client.putLogEvents({ logGroupName: GROUP, logStreamName: 's', logEvents });
  const failing = [
    [() => put([]), 'InvalidParameterException', /'\[\]' at 'logEvents'.*greater than or equal to 1/],
    [
      () => put([{ timestamp: NOW, message: '' }]),
      'InvalidParameterException',
      /'' at 'logEvents.1.member.message'/,
    ],
    [
      () => put([NOW, NOW - 1].map((timestamp) => ({ timestamp, message: 'm' }))),
      'InvalidParameterException',
      /chronological order/,
    ],
    [
      () => put([{ timestamp: NOW, message: 'x'.repeat(1_048_576) }]),
      'InvalidParameterException',
      /Upload too large/,
    ],
    [
      () => client.createLogGroup({ logGroupName: GROUP }),
      'ResourceAlreadyExistsException',
      /already exists/,
    ],
    [
      () => client.createLogGroup({ logGroupName: 'a b' }),
      'InvalidParameterException',
      /Value 'a b' at 'logGroupName'/,
    ],
    [
      () => client.createLogStream({ logGroupName: 'other', logStreamName: 's' }),
      'ResourceNotFoundException',
      /log group does not exist: other/,
    ],
    [
      () => client.getLogEvents({ logGroupName: GROUP, logStreamName: 'z' }),
      'ResourceNotFoundException',
      /log stream does not exist: z/,
    ],
  ] as const;
  for (const [attempt, name, message] of failing) {
    await expect(attempt()).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
  }
});

test('everything is kept after a restart, until it is deleted', async () => {
  await write('2030/01/[$LATEST]x', ['kept']);
  await here.restart();
  client = new CloudWatchLogs(here.client);
  expect(
    texts(await client.getLogEvents({ logGroupName: GROUP, logStreamName: '2030/01/[$LATEST]x' })),
  ).toEqual(['kept']);
  await client.deleteLogGroup({ logGroupName: GROUP });
  expect((await client.describeLogGroups({})).logGroups).toEqual([]);
});
