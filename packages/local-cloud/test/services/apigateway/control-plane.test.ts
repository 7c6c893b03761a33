import { APIGateway } from '@aws-sdk/client-api-gateway';
import { addMethods, frontFixture, integrationUri, type FrontFixture } from './front';

const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:f';

let front: FrontFixture;
let client: APIGateway;
let restApiId: string;
let root: string;

beforeAll(async () => {
  front = await frontFixture();
  client = front.client;
  const api = await client.createRestApi({ name: 'api', endpointConfiguration: { types: ['REGIONAL'] } });
  restApiId = api.id!;
  root = api.rootResourceId!;
  await addMethods(client, restApiId, [{ path: '/a', functionArn: FUNCTION }]);
  const { id: deploymentId } = await client.createDeployment({ restApiId });
  await client.createStage({ restApiId, stageName: 'v1', deploymentId });
});
afterAll(() => front.here.close());

test('ids and key values look as in AWS', async () => {
  const key = await client.createApiKey({ name: 'k', enabled: true });
  expect(restApiId).toMatch(/^[a-z0-9]{10}$/);
  expect(key).toMatchObject({
    id: expect.stringMatching(/^[a-z0-9]{10}$/),
    value: expect.stringMatching(/^[A-Za-z0-9]{40}$/),
  });
  expect(await client.getApiKey({ apiKey: key.id })).not.toHaveProperty('value');
  expect(await client.getApiKey({ apiKey: key.id, includeValue: true })).toMatchObject({ value: key.value });
});

test('the state is complete after a restart', async () => {
  await front.here.restart();
  client = new APIGateway(front.here.client);
  expect((await client.getRestApis({})).items).toMatchObject([
    { id: restApiId, endpointConfiguration: { types: ['REGIONAL'] } },
  ]);
  expect((await client.getStages({ restApiId })).item).toMatchObject([{ stageName: 'v1' }]);
  expect((await client.getAccount({})).cloudwatchRoleArn).toMatch(/role\/fn$/);
});

test('stages and deployments in use cannot be deleted', async () => {
  const { item } = await client.getStages({ restApiId });
  const [{ deploymentId } = {}] = item!;
  await expect(client.deleteDeployment({ restApiId, deploymentId })).rejects.toMatchObject({
    ...{
      name: 'BadRequestException',
      message: 'Active stages pointing to this deployment must be moved or deleted',
    },
  });
});

test('deleting an API deletes all its parts', async () => {
  const { id, rootResourceId } = await client.createRestApi({ name: 'short' });
  await client.createResource({ restApiId: id, parentId: rootResourceId, pathPart: 'x' });
  await client.deleteRestApi({ restApiId: id });
  await expect(client.getResources({ restApiId: id })).rejects.toMatchObject({
    ...{ name: 'NotFoundException', message: `Invalid API identifier specified 123456789012:${id}` },
    $metadata: { httpStatusCode: 404 },
  });
});

const refused: [string, () => Promise<unknown>, string, RegExp][] = [
  [
    'an illegal path part',
    () => client.createResource({ restApiId, parentId: root, pathPart: 'a/b' }),
    'BadRequestException',
    /'a\/b'/,
  ],
  [
    'a path twice',
    () => client.createResource({ restApiId, parentId: root, pathPart: 'a' }),
    'ConflictException',
    /already has this name: a/,
  ],
  [
    'a method with an invalid name',
    () => client.putMethod({ restApiId, resourceId: root, httpMethod: 'FETCH', authorizationType: 'NONE' }),
    'BadRequestException',
    /'FETCH'.*GET/,
  ],
  [
    'authorization by a function',
    () => client.putMethod({ restApiId, resourceId: root, httpMethod: 'GET', authorizationType: 'CUSTOM' }),
    'NotImplemented',
    /authorizationType CUSTOM/,
  ],
  [
    'an unknown model',
    () =>
      client.putMethod({
        restApiId,
        resourceId: root,
        httpMethod: 'GET',
        authorizationType: 'NONE',
        requestModels: { 'application/json': 'Nope' },
      }),
    'BadRequestException',
    /Nope/,
  ],
  [
    'an invalid schema',
    () =>
      client.createModel({
        restApiId,
        name: 'M',
        contentType: 'application/json',
        schema: '{"type":"lists"}',
      }),
    'BadRequestException',
    /Invalid model specified.*type/,
  ],
  [
    'a schema that is not JSON',
    () => client.createModel({ restApiId, name: 'M', contentType: 'application/json', schema: '{' }),
    'BadRequestException',
    /Invalid model specified/,
  ],
  ['a mock integration', () => integrate({ type: 'MOCK' }), 'NotImplemented', /MOCK/],
  [
    'an integration elsewhere',
    () => integrate({ uri: 'https://example.com' }),
    'NotImplemented',
    /'https:\/\/example.com'/,
  ],
  [
    'a timeout above 29 s',
    () => integrate({ timeoutInMillis: 30_000 }),
    'BadRequestException',
    /between 50 ms and 29000 ms, not 30000/,
  ],
  [
    'an API without methods',
    async () => client.createDeployment({ restApiId: (await client.createRestApi({ name: 'e' })).id }),
    'BadRequestException',
    /doesn't contain any methods/,
  ],
  [
    'a stage without a deployment',
    () => client.createStage({ restApiId, stageName: 'v2', deploymentId: 'nope' }),
    'NotFoundException',
    /Deployment identifier/,
  ],
  [
    'an unknown method setting',
    () => patch('/*/*/caching/enabled', 'true'),
    'NotImplemented',
    /caching\/enabled/,
  ],
  [
    'a rate that is not a number',
    () => patch('/*/*/throttling/rateLimit', 'many'),
    'BadRequestException',
    /'many'/,
  ],
  [
    'an access log elsewhere',
    () => patch('/accessLogSettings/destinationArn', 'arn:aws:firehose:x'),
    'NotImplemented',
    /arn:aws:firehose:x/,
  ],
  [
    'a short key value',
    () => client.createApiKey({ name: 's', value: 'short' }),
    'BadRequestException',
    /between 20 and 128 characters; it has 5/,
  ],
  [
    'a quota with an invalid period',
    () => client.createUsagePlan({ name: 'p', quota: { limit: 1, period: 'YEAR' as 'DAY' } }),
    'ValidationException',
    /'YEAR'/,
  ],
  [
    'a plan for a missing stage',
    () => client.createUsagePlan({ name: 'p', apiStages: [{ apiId: restApiId, stage: 'v9' }] }),
    'NotFoundException',
    /stage/,
  ],
];

test.each(refused)('%s is refused', async (_, attempt, name, message) => {
  await expect(attempt()).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
});

async function integrate(settings: object) {
  const { items = [] } = await client.getResources({ restApiId });
  const resourceId = items.find(({ path }) => path === '/a')!.id;
  return client.putIntegration({
    ...{ restApiId, resourceId, httpMethod: 'POST', type: 'AWS_PROXY', integrationHttpMethod: 'POST' },
    ...{ uri: integrationUri(FUNCTION), ...settings },
  });
}

function patch(path: string, value: string) {
  return client.updateStage({
    restApiId,
    stageName: 'v1',
    patchOperations: [{ op: 'replace', path, value }],
  });
}

test('logging requires a role of the account', async () => {
  await client.updateAccount({ patchOperations: [{ op: 'remove', path: '/cloudwatchRoleArn' }] });
  await expect(patch('/*/*/logging/loglevel', 'INFO')).rejects.toMatchObject({
    ...{
      name: 'BadRequestException',
      message: expect.stringContaining('role ARN must be set in account settings'),
    },
  });
});

// "When you use an enhanced security policy, you must also set the endpoint access mode" (Developer Guide).
test('an enhanced security policy needs an access mode, and both are shown and changed', async () => {
  const securityPolicy = 'SecurityPolicy_TLS13_1_2_PQ_2025_09';
  await expect(client.createRestApi({ name: 'tls', securityPolicy })).rejects.toMatchObject({
    name: 'BadRequestException',
  });
  const { id: restApiId } = await client.createRestApi({
    ...{ name: 'tls', securityPolicy, endpointAccessMode: 'BASIC' },
  });
  const patchOperations = [{ op: 'replace' as const, path: '/endpointAccessMode', value: 'STRICT' }];
  await client.updateRestApi({ restApiId, patchOperations });
  expect(await client.getRestApi({ restApiId })).toMatchObject({
    ...{ securityPolicy, endpointAccessMode: 'STRICT' },
  });
});
