import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { lambdaCloud, type LambdaCloud } from './functions';

let lambda: LambdaCloud;

beforeEach(async () => {
  lambda = await lambdaCloud();
});
afterEach(() => lambda.here.close());

const HANDLER = `exports.handler = async (event) => {
  console.log('first\\nsecond', event);
  console.error('oh');
  process.stdout.write('raw without an end');
};`;

/** Returns the log events in CloudWatch once all are written. */
async function stored(logGroupName: string): Promise<string[]> {
  await lambda.here.restart();
  const { events = [] } = await new CloudWatchLogs(lambda.here.client).filterLogEvents({ logGroupName });
  return events.map(({ message }) => message!);
}

test('a text log has the lines of the function between those of Lambda, in the tail and in CloudWatch', async () => {
  await lambda.create('text', HANDLER);
  const { log } = await lambda.invoke('text', { n: 1 });
  const id = /START RequestId: (\S+)/.exec(log)![1]!;
  const time = '\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z';
  const errorLine = new RegExp(`^${time}\\t${id}\\tERROR\\toh$`);
  const expected = [
    /^INIT_START Runtime Version: nodejs24 /,
    new RegExp(`^START RequestId: ${id} Version: \\$LATEST$`),
    new RegExp(`^${time}\\t${id}\\tINFO\\tfirst\\nsecond { n: 1 }$`),
    /^raw without an end$/,
    new RegExp(`^END RequestId: ${id}$`),
    new RegExp(
      `^REPORT RequestId: ${id}\\tDuration: [\\d.]+ ms\\tBilled Duration: \\d+ ms\\tMemory Size: 128 MB\\t.*Init Duration: [\\d.]+ ms\\t$`,
    ),
  ];
  const lines = await stored('/aws/lambda/text');
  // Standard output and standard error each keep their order, but not relative to each other.
  const error = lines.findIndex((line) => line.includes('ERROR'));
  expect(lines.splice(error, 1)).toEqual([expect.stringMatching(errorLine)]);
  expect(lines).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
  for (const line of lines) expect(log).toContain(line);
});

test('a JSON log goes to its own group as JSON events of the function and of the platform', async () => {
  await lambda.create('json', "exports.handler = async () => console.log('hello %s', 'you');", {
    LoggingConfig: { LogFormat: 'JSON', LogGroup: '/own/group' },
  });
  await lambda.invoke('json');
  const events = (await stored('/own/group')).map((line) => JSON.parse(line) as Record<string, unknown>);
  const { requestId } = (events[1]!.record ?? {}) as { requestId: string };
  expect(events).toEqual([
    expect.objectContaining({ type: 'platform.initStart' }),
    { time: expect.any(String), type: 'platform.start', record: { requestId, version: '$LATEST' } },
    { timestamp: expect.any(String), level: 'INFO', requestId, message: 'hello you' },
    {
      time: expect.any(String),
      type: 'platform.report',
      record: expect.objectContaining({ requestId, status: 'success' }),
    },
  ]);
});

test('log levels filter out lower levels', async () => {
  const code = "exports.handler = async () => { console.info('quiet'); console.warn('loud'); };";
  const LoggingConfig = { LogFormat: 'JSON', ApplicationLogLevel: 'WARN', SystemLogLevel: 'WARN' } as const;
  await lambda.create('levels', code, { LoggingConfig });
  const { log } = await lambda.invoke('levels');
  expect(JSON.parse(log)).toMatchObject({ level: 'WARN', message: 'loud' });
});

test('a timeout is in the log', async () => {
  await lambda.create('slow', 'exports.handler = () => new Promise((r) => setTimeout(r, 60000));', {
    Timeout: 1,
  });
  const { log } = await lambda.invoke('slow');
  expect(log).toMatch(/Task timed out after 1.00 seconds\nEND RequestId/);
  expect(log).toMatch(/Status: timeout/);
});
