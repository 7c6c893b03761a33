import { ServiceError } from '../../src/model/errors';
import { LogStream } from '../../src/jobs/log-stream';
import { logs } from '../../src/services/logs';
import { testCloud, type TestCloud } from '../support/test-cloud';

let here: TestCloud;
let denied: string | undefined;

beforeEach(async () => {
  denied = undefined;
  here = await testCloud([logs], {
    authorizer:
      () =>
      ({ action }) => {
        if (action === denied) throw new ServiceError('AccessDeniedException', action);
      },
  });
});
afterEach(() => here.close());

const caller = () => ({ principal: here.cloud.principals.operator });
const open = (stream: string) => new LogStream(here.cloud, caller(), '/jobs', stream);

async function linesOf(logStreamName: string): Promise<string[]> {
  const input = { logGroupName: '/jobs', logStreamName, startFromHead: true };
  const { events } = await here.cloud.call('cloudwatchlogs', 'GetLogEvents', input, caller());
  return events!.map(({ message }) => message!);
}

test('all lines except empty ones are in the stream when it has ended', async () => {
  const stream = open('one');
  for (const line of ['a', '', 'b']) stream.write(line);
  await stream.end();
  expect(await linesOf('one')).toEqual(['a', 'b']);
});

test('two streams share a group', async () => {
  const streams = [open('one'), open('two')];
  streams.forEach((stream, i) => stream.write(String(i)));
  await Promise.all(streams.map((stream) => stream.end()));
  expect([await linesOf('one'), await linesOf('two')]).toEqual([['0'], ['1']]);
});

test.each<[string, string[]]>([
  ['many', Array.from({ length: 10_001 }, (_, i) => String(i))],
  ['large', Array.from({ length: 5 }, (_, i) => String(i).repeat(250_000))],
])('%s lines are sent in several calls', async (_, lines) => {
  const stream = open('one');
  for (const line of lines) stream.write(line);
  await stream.end();
  const puts = here.cloud.journal.entries().filter(({ operation }) => operation === 'PutLogEvents');
  expect(puts.map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
});

test('a line that is too long for an event is cut', async () => {
  const stream = open('one');
  stream.write('ü'.repeat(2_000_000));
  await stream.end();
  expect((await linesOf('one'))[0]).toHaveLength(250_000);
});

test.each(['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'])(
  'a job without %s continues without its log',
  async (action) => {
    denied = action;
    const stream = open('one');
    stream.write('a');
    await expect(stream.end()).resolves.toBeUndefined();
  },
);
