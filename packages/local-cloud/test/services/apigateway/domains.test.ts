import type { APIGatewayProxyEvent } from 'aws-lambda';
import { addMethods, ACCOUNT, createFunction, frontFixture, send, type FrontFixture } from './front';

const STUB = `exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event) });`;
const REGIONAL = { endpointConfiguration: { types: ['REGIONAL' as const] } };
const certificateOf = (region: string) =>
  `arn:aws:acm:${region}:${ACCOUNT}:certificate/00000000-0000-0000-0000-000000000000`;
const regionalCertificateArn = certificateOf('us-east-1');

let front: FrontFixture;
let api: string;
let origin: string;
beforeAll(async () => {
  front = await frontFixture();
  const { client } = front;
  const functionArn = await createFunction(front, 'stub', STUB);
  api = (await client.createRestApi({ name: 'api' })).id!;
  await addMethods(client, api, [{ path: '/predict', functionArn, httpMethod: 'GET' }]);
  const { id: deploymentId } = await client.createDeployment({ restApiId: api });
  await client.createStage({ restApiId: api, stageName: 'v1', deploymentId });
  origin = new URL(front.gateway.url(api, 'v1')).origin;
});
afterAll(() => front.here.close());

const domain = (domainName: string) =>
  front.client.createDomainName({ domainName, regionalCertificateArn, ...REGIONAL });
const map = (domainName: string, more: { basePath?: string; stage?: string } = { stage: 'v1' }) =>
  front.client.createBasePathMapping({ domainName, restApiId: api, ...more });
const get = (host: string, path: string) => send(`${origin}${path}`, { method: 'GET', headers: { host } });

test('a domain name is created with an alias target, changed and deleted', async () => {
  const { client } = front;
  const created = await domain('a.team.dev');
  expect(created).toMatchObject({
    ...{ domainName: 'a.team.dev', regionalCertificateArn, securityPolicy: 'TLS_1_2' },
    regionalDomainName: expect.stringMatching(/^d-\w{10}\.execute-api\.us-east-1\.amazonaws\.com$/) as string,
    domainNameArn: 'arn:aws:apigateway:us-east-1::/domainnames/a.team.dev',
  });
  const value = `${regionalCertificateArn.slice(0, -1)}1`;
  const patchOperations = [{ op: 'replace' as const, path: '/regionalCertificateArn', value }];
  await client.updateDomainName({ domainName: 'a.team.dev', patchOperations });
  expect(await client.getDomainName({ domainName: 'a.team.dev' })).toMatchObject({
    ...{ regionalCertificateArn: value, regionalDomainName: created.regionalDomainName },
  });
  await client.deleteDomainName({ domainName: 'a.team.dev' });
  await expect(client.getDomainName({ domainName: 'a.team.dev' })).rejects.toThrow(
    'Invalid domain name identifier specified',
  );
});

test('a request to the domain name reaches the mapped stage', async () => {
  await domain('b.team.dev');
  expect((await get('b.team.dev', '/predict')).text).toBe('{"message":"Forbidden"}');
  await map('b.team.dev');
  const answer = await get('B.team.dev:8787', '/predict');
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.text) as APIGatewayProxyEvent).toMatchObject({
    path: '/predict',
    requestContext: {
      ...{ apiId: api, stage: 'v1', path: '/predict' },
      ...{ domainName: 'b.team.dev', domainPrefix: 'b' },
    },
  });
});

test('a base path is before the path of the API, and without a stage its name follows', async () => {
  await domain('c.team.dev');
  await map('c.team.dev', { basePath: 'one', stage: 'v1' });
  await map('c.team.dev', { basePath: 'two' });
  const one = await get('c.team.dev', '/one/predict');
  expect(JSON.parse(one.text)).toMatchObject({ path: '/one/predict', resource: '/predict' });
  expect((await get('c.team.dev', '/two/v1/predict')).status).toBe(200);
  for (const path of ['/predict', '/two/predict', '/three/predict'])
    expect((await get('c.team.dev', path)).text).toBe('{"message":"Forbidden"}');
  await front.client.deleteBasePathMapping({ domainName: 'c.team.dev', basePath: 'two' });
  expect((await get('c.team.dev', '/two/v1/predict')).status).toBe(403);
});

test('an API is not deleted while a domain name is mapped to it', async () => {
  const { client } = front;
  const { id: restApiId } = await client.createRestApi({ name: 'mapped' });
  await domain('d.team.dev');
  await client.createBasePathMapping({ domainName: 'd.team.dev', restApiId });
  await expect(client.deleteRestApi({ restApiId })).rejects.toThrow(
    `Deleting RestApi ${restApiId} failed. Please remove all base path mappings related to the RestApi in your domains: d.team.dev`,
  );
  await client.deleteBasePathMapping({ domainName: 'd.team.dev', basePath: '(none)' });
  await client.deleteRestApi({ restApiId });
});

describe('refused are', () => {
  beforeAll(async () => {
    await domain('empty.team.dev');
    await domain('whole.team.dev');
    await map('whole.team.dev');
  });

  const create = (more: object) => front.client.createDomainName({ domainName: 'e.team.dev', ...more });

  test.each<[string, () => Promise<unknown>, string]>([
    ['a taken name', () => domain('whole.team.dev'), 'The domain name you provided already exists.'],
    [
      'a certificate of another region',
      () => create({ regionalCertificateArn: certificateOf('eu-west-1'), ...REGIONAL }),
      `Invalid certificate ARN: ${certificateOf('eu-west-1')}. Certificate must be in 'us-east-1'.`,
    ],
    [
      "an edge's certificate",
      () => create({ certificateArn: regionalCertificateArn, ...REGIONAL }),
      'Cannot import certificates for EDGE while REGIONAL is active.',
    ],
    ['an edge-optimized name', () => create({ regionalCertificateArn }), 'EDGE domain names'],
    ['a taken base path', () => map('whole.team.dev'), 'Base path already exists for this domain name'],
    [
      'a mapping beside that of all paths',
      () => map('whole.team.dev', { basePath: 'x' }),
      'Only one base path mapping is allowed if the base path is empty.',
    ],
    ['a base path with a slash', () => map('empty.team.dev', { basePath: 'a/b' }), "Invalid base path 'a/b'"],
    ['a missing stage', () => map('empty.team.dev', { stage: 'v9' }), 'Invalid stage identifier specified'],
    ['a missing name', () => map('no.team.dev'), 'Invalid domain name identifier specified'],
  ])('%s', async (_, attempt, message) => {
    await expect(attempt()).rejects.toThrow(message);
  });
});
