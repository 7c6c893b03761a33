import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { SignatureV4 } from '@smithy/signature-v4';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { systemClock } from '../../../src/core/clock';
import type { Credentials } from '../../../src/core/principals';
import { putRole } from '../../access/roles';
import { ACCOUNT, addMethods, createFunction, frontFixture, send, type FrontFixture } from './front';

const STUB = `exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event) });`;
const ROLES = `arn:aws:iam::${ACCOUNT}:role`;
const POOL = `arn:aws:cognito-idp:us-east-1:${ACCOUNT}:userpool/us-east-1_AbCdEfGhI`;

let front: FrontFixture;
let api: string;
let url: string;
let now = Date.parse('2026-11-20T12:00:00Z');

beforeAll(async () => {
  // The test sets only `now`: functions run in real time.
  front = await frontFixture({ clock: { ...systemClock, now: () => now } });
  const { client } = front;
  const functionArn = await createFunction(front, 'stub', STUB);
  api = (await client.createRestApi({ name: 'api' })).id!;
  const restApiId = api;
  const authorizer = await client.createAuthorizer({
    ...{ restApiId, name: 'pool', type: 'COGNITO_USER_POOLS', providerARNs: [POOL] },
  });
  await addMethods(client, restApiId, [
    { path: '/items/{id}', functionArn, authorizationType: 'AWS_IAM' },
    { path: '/keyed', functionArn, authorizationType: 'AWS_IAM', apiKeyRequired: true },
    ...['/open', '/other', '/denied'].map((path) => ({ path, functionArn })),
    {
      ...{ path: '/pool', functionArn, authorizationType: 'COGNITO_USER_POOLS' },
      ...{ authorizerId: authorizer.id, authorizationScopes: ['predict/call'] },
    },
  ]);
  await client.putGatewayResponse({
    ...{ restApiId, responseType: 'EXPIRED_TOKEN' },
    responseTemplates: { 'application/json': '{"error":$context.error.messageString}' },
  });
  const { id: deploymentId } = await client.createDeployment({ restApiId });
  await client.createStage({ restApiId, stageName: 'v1', deploymentId });
  const patch = { op: 'replace' as const, path: '/*/*/logging/loglevel', value: 'ERROR' };
  await client.updateStage({ restApiId, stageName: 'v1', patchOperations: [patch] });
  url = front.gateway.url(api, 'v1');
  const allow = (path: string, effect = 'Allow') => ({
    Effect: effect,
    Action: 'execute-api:Invoke',
    Resource: `arn:aws:execute-api:us-east-1:${ACCOUNT}:${api}/v1/POST/${path}`,
  });
  putRole(front.here.cloud, `${ROLES}/caller`, {
    statements: [allow('items/1'), allow('items/3'), allow('keyed'), allow('items/3', 'Deny')],
  });
});
afterAll(() => front.here.close());

const session = (seconds?: number): Credentials =>
  front.here.cloud.principals.credentialsFor(`${ROLES}/caller`, 'session', seconds);

interface Signed {
  credentials?: Credentials;
  body?: string;
  service?: string;
  region?: string;
  headers?: Record<string, string>;
}

/** Returns the headers of a signed request. */
async function sign(
  path: string,
  { credentials = session(), body = '', service = 'execute-api', region = 'us-east-1', ...more }: Signed = {},
): Promise<Record<string, string>> {
  const { hostname, host, port, pathname, searchParams } = new URL(`${url}${path}`);
  const { sha256 } = front.client.config;
  const signer = new SignatureV4({ service, region, credentials, sha256 });
  const { headers } = await signer.sign({
    ...{ method: 'POST', protocol: 'http:', hostname, port: Number(port), path: pathname, body },
    query: Object.fromEntries(searchParams),
    headers: { host, ...more.headers },
  });
  return headers;
}

async function ask(path: string, signed?: Signed) {
  const { status, headers, text } = await send(`${url}${path}`, {
    headers: await sign(path, signed),
    body: signed?.body,
  });
  return { status, type: headers['x-amzn-errortype'], ...(JSON.parse(text) as { message?: string }) };
}

test('a signed request of an allowed caller reaches the function with the identity, and without its signature', async () => {
  const credentials = session();
  const path = '/items/1?b=x%20y&a=1';
  const headers = await sign(path, { credentials, body: '{"a":1}' });
  const answer = await send(`${url}${path}`, { headers, body: '{"a":1}' });
  expect(answer.status).toBe(200);
  const { requestContext, headers: received } = JSON.parse(answer.text) as APIGatewayProxyEvent;
  expect(requestContext.identity).toMatchObject({
    accessKey: credentials.accessKeyId,
    accountId: ACCOUNT,
    userArn: `arn:aws:sts::${ACCOUNT}:assumed-role/caller/session`,
    user: expect.stringMatching(/^AROA\w+:session$/) as string,
  });
  expect(Object.keys(received)).not.toContain('authorization');
});

test.each([
  ['another path', '/items/2', 'because no identity-based policy allows the execute-api:Invoke action'],
  ['a denied path', '/items/3', 'with an explicit deny in an identity-based policy'],
])('%s is refused with the caller, the resource and the reason', async (_, path, reason) => {
  expect(await ask(path)).toEqual({
    ...{ status: 403, type: 'AccessDeniedException' },
    message: `User: arn:aws:sts::${ACCOUNT}:assumed-role/caller/session is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********9012:${api}/v1/POST${path} ${reason}`,
  });
});

test.each<[string, Signed, string, RegExp]>([
  [
    'another secret',
    { credentials: { accessKeyId: 'AKIALOCALOPERATOR000', secretAccessKey: 'x' } },
    'InvalidSignatureException',
    /^The request signature we calculated does not match the signature you provided\./,
  ],
  [
    'another service',
    { service: 'sagemaker' },
    'InvalidSignatureException',
    /correct service: 'execute-api'/,
  ],
  ['another region', { region: 'eu-west-1' }, 'InvalidSignatureException', /expecting 'us-east-1'/],
  [
    'an unknown access key',
    { credentials: { accessKeyId: 'AKIANOBODY0000000000', secretAccessKey: 'x' } },
    'AccessDeniedException',
    /^The security token included in the request is invalid\.$/,
  ],
])('a signature with %s is refused', async (_, signed, type, message) => {
  expect(await ask('/items/1', signed)).toEqual({
    ...{ status: 403, type, message: expect.stringMatching(message) as string },
  });
});

test('a signature covers the body', async () => {
  const headers = await sign('/items/1', { body: 'signed' });
  expect(await send(`${url}/items/1`, { headers, body: 'other' })).toMatchObject({
    ...{ status: 403, headers: { 'x-amzn-errortype': 'InvalidSignatureException' } },
  });
});

test('expired credentials have their own gateway response', async () => {
  const credentials = session(60);
  now += 61_000;
  expect(await ask('/items/1', { credentials })).toEqual({
    ...{ status: 403, type: 'ExpiredTokenException' },
    error: 'The security token included in the request is expired',
  });
});

test('an unsigned request is refused, and a header that is no signature', async () => {
  const unsigned = await send(`${url}/items/1`);
  expect([unsigned.status, unsigned.text]).toEqual([403, '{"message":"Missing Authentication Token"}']);
  const token = await send(`${url}/items/1`, { headers: { authorization: 'Bearer x' } });
  expect(token).toMatchObject({
    ...{ status: 403, headers: { 'x-amzn-errortype': 'InvalidSignatureException' } },
  });
});

test('a key is required beside the signature, and is asked for after it', async () => {
  const { client } = front;
  const key = await client.createApiKey({ name: 'team', enabled: true });
  const plan = await client.createUsagePlan({ name: 'plan', apiStages: [{ apiId: api, stage: 'v1' }] });
  await client.createUsagePlanKey({ usagePlanId: plan.id, keyId: key.id, keyType: 'API_KEY' });
  const headers = { 'x-api-key': key.value! };
  expect(await send(`${url}/keyed`, { headers })).toMatchObject({
    headers: { 'x-amzn-errortype': 'MissingAuthenticationTokenException' },
  });
  expect(await ask('/keyed')).toMatchObject({ status: 403, type: 'ForbiddenException' });
  expect(await ask('/keyed', { headers })).toMatchObject({ status: 200 });
});

test('the operator may call every API', async () => {
  const { credentials } = front.here.client;
  expect(await ask('/items/2', { credentials })).toMatchObject({ status: 200 });
});

test('a method without authorization does not look at a signature', async () => {
  const headers = { authorization: 'AWS4-HMAC-SHA256 nonsense' };
  const answer = await send(`${url}/open`, { headers });
  expect(answer.status).toBe(200);
  expect(Object.keys((JSON.parse(answer.text) as APIGatewayProxyEvent).headers)).not.toContain(
    'authorization',
  );
});

describe('with a policy of the API', () => {
  const of = (Effect: string, Principal: unknown, path: string) => ({
    ...{ Effect, Principal, Action: 'execute-api:Invoke', Resource: `execute-api:/v1/POST/${path}` },
  });
  beforeAll(async () => {
    const { client } = front;
    const role = { AWS: `${ROLES}/caller` };
    const statements = [
      ...[of('Allow', role, 'items/2'), of('Deny', role, 'items/1')],
      ...[of('Allow', '*', 'open'), of('Deny', '*', 'denied')],
    ];
    const value = JSON.stringify({ Version: '2012-10-17', Statement: statements });
    const patchOperations = [{ op: 'replace' as const, path: '/policy', value }];
    await client.updateRestApi({ restApiId: api, patchOperations });
    expect(await ask('/items/2')).toMatchObject({ status: 403 });
    await client.createDeployment({ restApiId: api, stageName: 'v1' });
  });
  const denied = (path: string) =>
    `is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********9012:${api}/v1/POST${path}`;

  test('either policy may allow a signed request, and either may deny it', async () => {
    expect(await ask('/items/2')).toMatchObject({ status: 200 });
    expect(await ask('/items/1')).toMatchObject({
      ...{
        status: 403,
        message: expect.stringContaining('explicit deny in a resource-based policy') as string,
      },
    });
    expect(await ask('/items/4')).toMatchObject({ status: 403 });
  });

  test('it alone decides about methods without authorization', async () => {
    expect((await send(`${url}/open`)).status).toBe(200);
    const refusal = async (path: string) => JSON.parse((await send(`${url}${path}`)).text) as unknown;
    expect(await refusal('/other')).toEqual({ message: `User: anonymous ${denied('/other')}` });
    expect(await refusal('/denied')).toEqual({
      message: `User: anonymous ${denied('/denied')} with an explicit deny`,
    });
  });
});

test('no token of a user pool is valid, and the execution log says why', async () => {
  const refused = { status: 401, text: '{"message":"Unauthorized"}' };
  expect(await send(`${url}/pool`)).toMatchObject(refused);
  expect(await send(`${url}/pool`, { headers: { Authorization: 'Bearer x.y.z' } })).toMatchObject(refused);
  // A restart writes everything.
  await front.here.restart();
  const logGroupName = `API-Gateway-Execution-Logs_${api}/v1`;
  const { events = [] } = await new CloudWatchLogs(front.here.client).filterLogEvents({ logGroupName });
  const lines = events.map(({ message }) => message);
  expect(lines).toContainEqual(expect.stringContaining('the header Authorization is missing'));
  expect(lines).toContainEqual(expect.stringContaining(`the local cloud has no user pools (${POOL})`));
});
