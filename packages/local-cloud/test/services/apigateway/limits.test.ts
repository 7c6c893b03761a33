import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { systemClock } from '../../../src/core/clock';
import { Cloud } from '../../../src/core/cloud';
import { apigateway } from '../../../src/services/apigateway';
import { addMethods, createFunction, frontFixture, send, type FrontFixture } from './front';

const STUB = "exports.handler = async () => ({ statusCode: 200, body: 'served' });";

let now = 0;
let front: FrontFixture;
let api: string;

/** The test sets only `now`: functions run in real time. */
const clock = { ...systemClock, now: () => now };

beforeEach(async () => {
  now = Date.parse('2026-11-20T10:00:00Z');
  front = await frontFixture({ clock });
  const functionArn = await createFunction(front, 'stub', STUB);
  api = (await front.client.createRestApi({ name: 'api' })).id!;
  await addMethods(front.client, api, [
    { path: '/open', functionArn },
    { path: '/keyed', functionArn, apiKeyRequired: true },
  ]);
  const { id: deploymentId } = await front.client.createDeployment({ restApiId: api });
  await front.client.createStage({ restApiId: api, stageName: 'v1', deploymentId });
});
afterEach(() => front.here.close());

const url = (path: string) => front.gateway.url(api, 'v1') + path;

const patch = (patches: Record<string, string>) =>
  front.client.updateStage({
    ...{ restApiId: api, stageName: 'v1' },
    patchOperations: Object.entries(patches).map(([path, value]) => ({ op: 'replace', path, value })),
  });

/** Returns a key's header, with a usage plan of these limits. */
async function keyOf(limits: object): Promise<Record<string, string>> {
  const { client } = front;
  const key = await client.createApiKey({ name: 'k', enabled: true });
  const plan = await client.createUsagePlan({
    name: 'p',
    apiStages: [{ apiId: api, stage: 'v1' }],
    ...limits,
  });
  await client.createUsagePlanKey({ usagePlanId: plan.id, keyId: key.id, keyType: 'API_KEY' });
  return { 'x-api-key': key.value! };
}

async function statuses(
  count: number,
  path: string,
  headers: Record<string, string> = {},
): Promise<number[]> {
  const seen: number[] = [];
  for (let i = 0; i < count; i += 1) seen.push((await send(url(path), { headers })).status);
  return seen;
}

test("a usage plan's burst is used up, and refilled at its rate", async () => {
  const headers = await keyOf({ throttle: { burstLimit: 2, rateLimit: 1 } });
  expect(await statuses(3, '/keyed', headers)).toEqual([200, 200, 429]);
  now += 1000;
  expect(await statuses(2, '/keyed', headers)).toEqual([200, 429]);
  now += 60_000;
  expect(await statuses(3, '/keyed', headers)).toEqual([200, 200, 429]);
  expect(await send(url('/keyed'), { headers })).toMatchObject({
    text: '{"message":"Too Many Requests"}',
    headers: { 'x-amzn-errortype': 'TooManyRequestsException' },
  });
});

test('a quota lasts for its period, also across a restart', async () => {
  const headers = await keyOf({ quota: { limit: 2, period: 'DAY' } });
  expect(await statuses(2, '/keyed', headers)).toEqual([200, 200]);
  await front.here.restart();
  expect(await send(url('/keyed'), { headers })).toMatchObject({
    status: 429,
    text: '{"message":"Limit Exceeded"}',
    headers: { 'x-amzn-errortype': 'LimitExceededException' },
  });
  now = Date.parse('2026-11-21T00:00:00Z');
  expect(await statuses(1, '/keyed', headers)).toEqual([200]);
});

test("a stage's rates apply to each method; a method's own rate applies to that method", async () => {
  await patch({
    ...{ '/*/*/throttling/burstLimit': '2', '/*/*/throttling/rateLimit': '1' },
    ...{ '/~1open/POST/throttling/burstLimit': '1' },
  });
  expect(await statuses(2, '/open')).toEqual([200, 429]);
  const headers = await keyOf({});
  expect(await statuses(3, '/keyed', headers)).toEqual([200, 200, 429]);
});

test('a method without a permission on its function fails, and the execution log has the reason', async () => {
  await front.functions.removePermission({ FunctionName: 'stub', StatementId: 'front' });
  await patch({ '/*/*/logging/loglevel': 'ERROR' });
  expect(await send(url('/open'))).toMatchObject({
    status: 500,
    text: '{"message":"Internal server error"}',
    headers: { 'x-amzn-errortype': 'InternalServerErrorException' },
  });
  const [line] = await logged(`API-Gateway-Execution-Logs_${api}/v1`);
  expect(line).toMatch(
    /^\([0-9a-f-]{36}\) Execution failed due to configuration error: AccessDenied.*apigateway.amazonaws.com is not authorized to perform: lambda:InvokeFunction.*v1\/POST\/open/,
  );
});

test("an access log has a line for each request in the stage's format, with a hyphen for absent values", async () => {
  const destinationArn = 'arn:aws:logs:us-east-1:123456789012:log-group:access';
  const format =
    '$context.requestTime $context.httpMethod $context.resourcePath $context.status $context.responseLength $context.error.message $context.identity.sourceIp';
  await patch({ '/accessLogSettings/destinationArn': destinationArn, '/accessLogSettings/format': format });
  await send(url('/open'), { body: 'secret' });
  await send(url('/nothing'));
  expect(await logged('access')).toEqual([
    '20/Nov/2026:10:00:00 +0000 POST /open 200 6 - 127.0.0.1',
    '20/Nov/2026:10:00:00 +0000 POST - 403 42 - 127.0.0.1',
  ]);
});

/** Returns the messages of a log group after everything is written. */
async function logged(logGroupName: string): Promise<string[]> {
  await front.here.restart();
  const { events = [] } = await new CloudWatchLogs(front.here.client).filterLogEvents({ logGroupName });
  return events.map(({ message }) => message!);
}

test('a port in use is reported with its number and the fix', async () => {
  const port = Number(new URL(url('/')).port);
  const other = new Cloud({
    stateDirectory: front.here.stateDirectory,
    settings: { apigateway: { port } },
  }).register(apigateway);
  await expect(other.listen()).rejects.toThrow(`port ${port} on 127.0.0.1 is in use; choose another, or 0`);
  await other.close();
});
