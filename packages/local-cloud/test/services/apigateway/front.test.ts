import type { APIGatewayProxyEvent } from 'aws-lambda';
import { addMethods, createFunction, frontFixture, send, type FrontFixture } from './front';

/** A function that acts according to its event's body. */
const STUB = `
exports.handler = async (event) => {
  const order = event.body && event.body.startsWith('{') ? JSON.parse(event.body) : {};
  if (order.hang) await new Promise((resolve) => setTimeout(resolve, 60000));
  if (order.fail) throw new Error('secret detail');
  if ('raw' in order) return order.raw;
  return { statusCode: 200, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(event) };
};`;

const SCHEMA = JSON.stringify({
  $schema: 'http://json-schema.org/draft-04/schema#',
  type: 'object',
  required: ['instances'],
  properties: { instances: { type: 'array', minItems: 1, items: { type: 'object' } } },
});

let front: FrontFixture;
let api: string;
let url: string;
let key: string;

beforeAll(async () => {
  front = await frontFixture();
  const { client } = front;
  const functionArn = await createFunction(front, 'stub', STUB);
  api = (await client.createRestApi({ name: 'api', binaryMediaTypes: ['image/*'] })).id!;
  const restApiId = api;
  await client.createModel({ restApiId, name: 'Rows', contentType: 'application/json', schema: SCHEMA });
  const body = await client.createRequestValidator({ restApiId, name: 'body', validateRequestBody: true });
  const parameters = await client.createRequestValidator({
    restApiId,
    name: 'p',
    validateRequestParameters: true,
  });
  await addMethods(client, restApiId, [
    { path: '/echo', functionArn, httpMethod: 'ANY' },
    { path: '/quick', functionArn, timeoutInMillis: 300 },
    { path: '/items/{id}', functionArn, httpMethod: 'GET' },
    { path: '/files/{path+}', functionArn, httpMethod: 'GET' },
    { path: '/keyed', functionArn, apiKeyRequired: true },
    {
      path: '/rows',
      functionArn,
      requestValidatorId: body.id,
      requestModels: { 'application/json': 'Rows' },
    },
    {
      ...{ path: '/asks', functionArn, httpMethod: 'GET', requestValidatorId: parameters.id },
      requestParameters: { 'method.request.querystring.q': true, 'method.request.header.X-Who': true },
    },
  ]);
  await client.putGatewayResponse({
    restApiId,
    responseType: 'INVALID_API_KEY',
    statusCode: '401',
    responseTemplates: {
      'application/json': '{"error":$context.error.messageString,"stage":"$context.stage"}',
    },
    responseParameters: { 'gatewayresponse.header.X-Reason': "'no key'" },
  });
  const deployment = await client.createDeployment({ restApiId });
  await client.createStage({
    restApiId,
    stageName: 'v1',
    deploymentId: deployment.id,
    variables: { colour: 'blue' },
  });
  key = (await client.createApiKey({ name: 'team', enabled: true })).value!;
  url = front.gateway.url(api, 'v1');
});
afterAll(() => front.here.close());

/** Returns the event that the stub received. */
const eventOf = ({ text }: { text: string }) => JSON.parse(text) as APIGatewayProxyEvent;

const json = { 'content-type': 'application/json' };

test('a Lambda proxy receives the complete event of payload version 1.0', async () => {
  const answer = await send(`${url}/echo?a=1&a=2&b=x%20y`, {
    headers: { 'X-Custom': 'One', 'user-agent': 'test', 'content-type': 'text/csv' },
    body: '1,2,3',
  });
  const { status, headers } = answer;
  expect({ status, type: headers['content-type'] }).toEqual({ status: 200, type: 'application/json' });
  const event = eventOf(answer);
  expect(event).toMatchObject({
    resource: '/echo',
    path: '/echo',
    httpMethod: 'POST',
    headers: { 'X-Custom': 'One', 'content-type': 'text/csv', 'X-Forwarded-For': '127.0.0.1' },
    multiValueHeaders: { 'X-Custom': ['One'] },
    queryStringParameters: { a: '2', b: 'x y' },
    multiValueQueryStringParameters: { a: ['1', '2'], b: ['x y'] },
    pathParameters: null,
    stageVariables: { colour: 'blue' },
    body: '1,2,3',
    isBase64Encoded: false,
    requestContext: {
      accountId: '123456789012',
      apiId: api,
      domainName: `${api}.execute-api.us-east-1.amazonaws.com`,
      httpMethod: 'POST',
      identity: { sourceIp: '127.0.0.1', userAgent: 'test', userArn: null },
      path: '/v1/echo',
      protocol: 'HTTP/1.1',
      requestId: headers['x-amzn-requestid'],
      resourcePath: '/echo',
      stage: 'v1',
    },
  });
  expect(event.requestContext.requestTime).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
  expect(Object.keys(event.headers).map((name) => name.toLowerCase())).not.toContain('content-length');
});

test('values that a request does not have are null in the event', async () => {
  const answer = await send(`${url}/echo`, { method: 'GET' });
  expect(eventOf(answer)).toMatchObject({
    ...{ httpMethod: 'GET', body: null, queryStringParameters: null },
    multiValueQueryStringParameters: null,
  });
});

test.each([
  ['/items/a%20b', '/items/{id}', { id: 'a%20b' }],
  ['/files/a/b.txt', '/files/{path+}', { path: 'a/b.txt' }],
])('%s is routed to %s', async (path, resource, pathParameters) => {
  const answer = await send(url + path, { method: 'GET' });
  expect(eventOf(answer)).toMatchObject({ path, resource, pathParameters });
});

test("a request to the API's own host in AWS reaches it too", async () => {
  const { origin } = new URL(url);
  const host = `${api}.execute-api.us-east-1.amazonaws.com`;
  const answer = await send(`${origin}/v1/echo`, { headers: { host } });
  expect(answer.status).toBe(200);
  expect(eventOf(answer)).toMatchObject({ path: '/echo', requestContext: { path: '/v1/echo' } });
  expect(front.gateway.localUrl(`https://${host}/v1/echo?x=1`)).toBe(`${url}/echo?x=1`);
});

test.each<[string, (host: string) => string, (url: string) => string]>([
  [
    'an address of this cloud',
    (host) => `see https://${host}/v1/echo?x=1&y=%20!`,
    (here) => `see ${here}/echo?x=1&y=%20!`,
  ],
  [
    'several, in JSON',
    (host) => `{"a":"https://${host}/v1/a\\nhttps://${host}/v1/b"}`,
    (here) => `{"a":"${here}/a\\n${here}/b"}`,
  ],
  [
    'the address of another API',
    (host) => `https://x${host}/v1/echo`,
    () => `https://x${api}.execute-api.us-east-1.amazonaws.com/v1/echo`,
  ],
  [
    'the address of another region',
    () => `https://${api}.execute-api.eu-west-1.amazonaws.com/v1/`,
    () => `https://${api}.execute-api.eu-west-1.amazonaws.com/v1/`,
  ],
])('in a text, %s is replaced correctly', (_, given, expected) => {
  const host = `${api}.execute-api.us-east-1.amazonaws.com`;
  expect(front.gateway.localise(given(host))).toBe(expected(url));
});

/** The client's view of each failure: status, body and `x-amzn-errortype`. */
const FAILURES = {
  nothingHere: [403, '{"message":"Missing Authentication Token"}', 'MissingAuthenticationTokenException'],
  noKey: [401, '{"error":"Forbidden","stage":"v1"}', 'ForbiddenException'],
  badBody: [400, '{"message":"Invalid request body"}', 'BadRequestException'],
  badParameters: [
    400,
    '{"message":"Missing required request parameters: [q, X-Who]"}',
    'BadRequestException',
  ],
  badAnswer: [502, '{"message":"Internal server error"}', 'InternalServerErrorException'],
  timeout: [504, '{"message":"Endpoint request timed out"}', 'InternalServerErrorException'],
} as const;

const answering = (raw: unknown) => ({ body: JSON.stringify({ raw }) });

test.each<[string, string, Parameters<typeof send>[1], keyof typeof FAILURES]>([
  ['an unknown path', '/nothing', {}, 'nothingHere'],
  ['an unknown method', '/keyed', { method: 'GET' }, 'nothingHere'],
  ['no API key', '/keyed', {}, 'noKey'],
  ['a wrong API key', '/keyed', { headers: { 'x-api-key': 'wrong' } }, 'noKey'],
  ['a body that is not JSON', '/rows', { headers: json, body: '{' }, 'badBody'],
  ['an empty body', '/rows', { headers: json }, 'badBody'],
  ['a body against the model', '/rows', { headers: json, body: '{"instances":[]}' }, 'badBody'],
  [
    ...(['such a body with a charset', '/rows'] as const),
    { headers: { 'content-type': 'application/json; charset=utf-8' }, body: '{}' },
    'badBody',
  ],
  ['such a body without a content type', '/rows', { body: '{}' }, 'badBody'],
  ['missing parameters', '/asks?x=1', { method: 'GET' }, 'badParameters'],
  ['an error of the function', '/echo', { body: '{"fail":true}' }, 'badAnswer'],
  ['an answer with an unknown member', '/echo', answering({ statusCode: 200, message: 'hi' }), 'badAnswer'],
  ['an answer without a status', '/echo', answering({ body: 'hi' }), 'badAnswer'],
  ['an answer that is a text', '/echo', answering('hi'), 'badAnswer'],
  ['an answer whose body is an object', '/echo', answering({ statusCode: 200, body: {} }), 'badAnswer'],
  [
    ...(['an answer with an illegal header', '/echo'] as const),
    answering({ statusCode: 200, headers: { 'X-A': 'a\nb' } }),
    'badAnswer',
  ],
  ['a slow function', '/quick', { body: '{"hang":true}' }, 'timeout'],
])('%s', async (_, path, request, failure) => {
  const [status, text, errorType] = FAILURES[failure];
  const answer = await send(url + path, request);
  expect({ status: answer.status, text: answer.text }).toEqual({ status, text });
  expect(answer.headers).toMatchObject({
    ...{ 'x-amzn-errortype': errorType, 'content-type': 'application/json' },
    'x-amzn-requestid': expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
  });
});

test('a custom gateway response has custom headers', async () => {
  expect((await send(`${url}/keyed`)).headers['x-reason']).toBe('no key');
});

test('another stage or API is forbidden', async () => {
  const { origin } = new URL(url);
  for (const path of [`/${api}/v2/echo`, '/nothing/v1/echo', '/']) {
    expect(await send(origin + path)).toMatchObject({ status: 403, text: '{"message":"Forbidden"}' });
  }
});

test('a body of more than 10 MB is too large, and its client reads the answer', async () => {
  const answer = await send(`${url}/echo`, { body: Buffer.alloc(10_485_761, 'x') });
  expect(answer).toMatchObject({
    status: 413,
    text: '{"message":"HTTP content length exceeded 10485760 bytes."}',
  });
});

test('a valid body is accepted, and a body of a type without a model is not validated', async () => {
  const good = await send(`${url}/rows`, { headers: json, body: '{"instances":[{"a":1}]}' });
  const csv = await send(`${url}/rows`, { headers: { 'content-type': 'text/csv' }, body: 'not json' });
  expect([good.status, csv.status]).toEqual([200, 200]);
});

test("a function's status, headers and body reach the client", async () => {
  const raw = {
    statusCode: 418,
    headers: { 'X-One': 'a', Server: 'me' },
    multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'] },
    body: 'grün',
  };
  const { status, text, headers } = await send(`${url}/echo`, { body: JSON.stringify({ raw }) });
  expect({ status, text }).toEqual({ status: 418, text: 'grün' });
  expect(headers).toMatchObject({
    ...{ 'x-one': 'a', 'set-cookie': ['a=1', 'b=2'], 'x-amzn-remapped-server': 'me' },
    'content-type': 'application/json',
  });
});

test("bodies of binary media types are base64 in the event and in the function's answer", async () => {
  const image = { 'content-type': 'image/png' };
  const answer = await send(`${url}/echo`, { headers: image, body: Buffer.from([0, 255]) });
  expect(eventOf(answer)).toMatchObject({ isBase64Encoded: true, body: 'AP8=' });
  const raw = { statusCode: 200, headers: image, isBase64Encoded: true, body: 'AGE=' };
  const body = JSON.stringify({ raw });
  expect((await send(`${url}/echo`, { headers: { accept: 'image/png' }, body })).text).toBe('\0a');
  expect((await send(`${url}/echo`, { body })).text).toBe('AGE=');
});

test('a stage serves its deployment, not later edits', async () => {
  const { client } = front;
  await client.putGatewayResponse({
    restApiId: api,
    responseType: 'MISSING_AUTHENTICATION_TOKEN',
    statusCode: '404',
  });
  expect((await send(`${url}/nothing`)).status).toBe(403);
  const { id } = await client.createDeployment({ restApiId: api });
  const patchOperations = [{ op: 'replace' as const, path: '/deploymentId', value: id }];
  await client.updateStage({ restApiId: api, stageName: 'v1', patchOperations });
  expect((await send(`${url}/nothing`)).status).toBe(404);
});

test('a key is valid only with a usage plan of the stage', async () => {
  const { client } = front;
  const headers = { 'x-api-key': key };
  expect((await send(`${url}/keyed`, { headers })).status).toBe(401);
  const plan = await client.createUsagePlan({ name: 'plan', apiStages: [{ apiId: api, stage: 'v1' }] });
  const { items } = await client.getApiKeys({ nameQuery: 'team', includeValues: true });
  await client.createUsagePlanKey({ usagePlanId: plan.id, keyId: items![0]!.id, keyType: 'API_KEY' });
  const answer = await send(`${url}/keyed`, { headers });
  expect(answer.status).toBe(200);
  expect(eventOf(answer).requestContext.identity).toMatchObject({ apiKey: key, apiKeyId: items![0]!.id });
});
