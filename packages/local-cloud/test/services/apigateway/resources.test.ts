import { APIGateway } from '@aws-sdk/client-api-gateway';
import { RESOURCE_TYPES } from '../../../src/services';
import type { Existing, Properties, ResourceContext } from '../../../src/core/resource-type';
import { apigateway } from '../../../src/services/apigateway';
import { testCloud, type TestCloud } from '../../support/test-cloud';

let here: TestCloud;
let client: APIGateway;
let context: ResourceContext;
beforeAll(async () => {
  here = await testCloud([apigateway]);
  client = new APIGateway(here.client);
  const caller = { principal: here.cloud.principals.operator };
  context = { cloud: here.cloud, caller, stackName: 'Stack', logicalId: 'R', made: () => undefined };
});
afterAll(() => here.close());

async function made(type: string, properties: Properties): Promise<Existing> {
  return { ...(await RESOURCE_TYPES[`AWS::ApiGateway::${type}`]!.create(properties, context)), properties };
}

function update(type: string, properties: Properties, before: Existing): Promise<unknown> {
  return RESOURCE_TYPES[`AWS::ApiGateway::${type}`]!.update!(properties, context, before);
}

test("a REST API's name and description change", async () => {
  const api = await made('RestApi', { Name: 'one', Description: 'first' });
  await update('RestApi', { Name: 'two' }, api);
  expect(await client.getRestApi({ restApiId: api.physicalId })).toMatchObject({
    name: 'two',
    description: '',
  });
  await expect(
    client.updateRestApi({
      restApiId: api.physicalId,
      patchOperations: [{ op: 'replace', path: '/apiKeySource', value: 'AUTHORIZER' }],
    }),
  ).rejects.toThrow('/apiKeySource');
});

test('the policy of an API follows the template, with its resources written out', async () => {
  const policy = (Principal: unknown, Resource = 'execute-api:/*') => ({
    Policy: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal, Action: 'execute-api:Invoke', Resource }],
    },
  });
  const api = await made('RestApi', { Name: 'policy', ...policy('*') });
  const restApiId = api.physicalId;
  const arn = `arn:aws:execute-api:us-east-1:123456789012:${restApiId}`;
  const shown = async () => (await client.getRestApi({ restApiId })).policy;
  expect(await shown()).toBe(JSON.stringify(policy('*', `${arn}/*`).Policy));
  const changed = { Name: 'policy', ...policy('*', `${arn}/v1/*`) };
  await update('RestApi', changed, api);
  expect(await shown()).toBe(JSON.stringify(changed.Policy));
  await update('RestApi', { Name: 'policy' }, { ...api, properties: changed });
  expect(await shown()).toBeUndefined();
  const nobody = { AWS: 'arn:aws:iam::123456789012:role/nobody' };
  await expect(made('RestApi', { Name: 'policy', ...policy(nobody) })).rejects.toThrow(
    'Invalid policy document. Please check the policy syntax and ensure that Principals are valid.',
  );
});

test('an API key is enabled and disabled', async () => {
  const key = await made('ApiKey', { Name: 'key', Enabled: true, Description: 'first' });
  await update('ApiKey', { Name: 'key' }, key);
  expect(await client.getApiKey({ apiKey: key.physicalId })).toMatchObject({
    ...{ enabled: false, description: '', name: 'key' },
  });
});

test('the settings of a stage follow the template', async () => {
  const api = await made('RestApi', { Name: 'staged' });
  const restApiId = api.physicalId;
  const { rootResourceId: resourceId } = await client.getRestApi({ restApiId });
  await client.putMethod({ restApiId, resourceId, httpMethod: 'GET', authorizationType: 'NONE' });
  await client.putIntegration({
    ...{ restApiId, resourceId, httpMethod: 'GET', type: 'AWS_PROXY', integrationHttpMethod: 'POST' },
    uri: uri(),
  });
  const deployment = await made('Deployment', { RestApiId: restApiId });
  const minimal = { RestApiId: restApiId, StageName: 'v1', DeploymentId: deployment.physicalId };
  const full = {
    ...minimal,
    ...{ Description: 'first', TracingEnabled: true, Variables: { a: '1', b: '1' } },
    MethodSettings: [{ ResourcePath: '/*', HttpMethod: '*', ThrottlingRateLimit: 5, MetricsEnabled: true }],
  };
  const stage = await made('Stage', full);
  const shown = () => client.getStage({ restApiId, stageName: 'v1' });
  expect(await shown()).toMatchObject({
    ...{ description: 'first', tracingEnabled: true, variables: { a: '1', b: '1' } },
    methodSettings: { '*/*': { throttlingRateLimit: 5, metricsEnabled: true } },
  });
  await update('Stage', { ...minimal, Variables: { b: '2' } }, stage);
  const after = await shown();
  expect(after).toMatchObject({ description: '', tracingEnabled: false, variables: { b: '2' } });
  expect(after.variables).toEqual({ b: '2' });
  expect(after.methodSettings?.['*/*']?.throttlingRateLimit).toBeUndefined();
});

test('the binary media types of an API follow the template', async () => {
  const api = await made('RestApi', { Name: 'binary', BinaryMediaTypes: ['image/png', 'image~1gif'] });
  const shown = async () => (await client.getRestApi({ restApiId: api.physicalId })).binaryMediaTypes;
  expect(await shown()).toEqual(['image/png', 'image/gif']);
  const properties = { Name: 'binary', BinaryMediaTypes: ['image/gif', 'audio/wav'] };
  await update('RestApi', properties, api);
  expect(await shown()).toEqual(['image/gif', 'audio/wav']);
  await update('RestApi', { Name: 'binary' }, { ...api, properties });
  expect(await shown()).toBeUndefined();
});

test("an API key's stages are kept, and follow the template", async () => {
  const api = await made('RestApi', { Name: 'keyed' });
  const restApiId = api.physicalId;
  const Integration = { Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST', Uri: uri() };
  await made('Method', { ...(await rootOf(restApiId)), Integration });
  const { physicalId: DeploymentId } = await made('Deployment', { RestApiId: restApiId });
  for (const StageName of ['a', 'b']) await made('Stage', { RestApiId: restApiId, StageName, DeploymentId });
  const stages = (...names: string[]) => ({
    StageKeys: names.map((StageName) => ({ RestApiId: restApiId, StageName })),
  });
  await expect(made('ApiKey', { Name: 'none', ...stages('c') })).rejects.toThrow(/stage/i);
  const key = await made('ApiKey', { Name: 'staged', ...stages('a') });
  const shown = async () => (await client.getApiKey({ apiKey: key.physicalId })).stageKeys;
  expect(await shown()).toEqual([`${restApiId}/a`]);
  await update('ApiKey', { Name: 'staged', ...stages('b') }, key);
  expect(await shown()).toEqual([`${restApiId}/b`]);
});

test.each([
  ['RequestTemplates', { 'application/json': '{}' }, 'requestTemplates'],
  ['Credentials', 'arn:aws:iam::123456789012:role/r', 'credentials'],
  ['ContentHandling', 'CONVERT_TO_TEXT', 'contentHandling'],
])('the member %s of an integration is refused by name', async (member, value, name) => {
  const api = await made('RestApi', { Name: member });
  const Integration = { Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST', Uri: uri(), [member]: value };
  await expect(made('Method', { ...(await rootOf(api.physicalId)), Integration })).rejects.toThrow(name);
});

const pool = (name: string) => `arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_${name}`;

test('an authorizer follows the template, and a method names it', async () => {
  const { physicalId: restApiId } = await made('RestApi', { Name: 'authorized' });
  const properties = { RestApiId: restApiId, Name: 'pools', Type: 'COGNITO_USER_POOLS' };
  const before = await made('Authorizer', { ...properties, ProviderARNs: [pool('A'), pool('B')] });
  const authorizerId = before.physicalId;
  expect(before.attributes).toEqual({ AuthorizerId: authorizerId });
  const shown = () => client.getAuthorizer({ restApiId, authorizerId });
  expect(await shown()).toMatchObject({
    ...{ name: 'pools', identitySource: 'method.request.header.Authorization' },
    providerARNs: [pool('A'), pool('B')],
  });
  const IdentitySource = 'method.request.header.X-Token';
  const after = { ...properties, Name: 'pool', IdentitySource, ProviderARNs: [pool('B'), pool('C')] };
  await update('Authorizer', after, before);
  expect(await shown()).toMatchObject({
    ...{ name: 'pool', identitySource: IdentitySource, providerARNs: [pool('B'), pool('C')] },
  });
  const access = { AuthorizationType: 'COGNITO_USER_POOLS', AuthorizationScopes: ['a/b'] };
  const method: Properties = { ...(await rootOf(restApiId)), ...access };
  await expect(made('Method', method)).rejects.toThrow('requires a valid authorizer');
  await made('Method', { ...method, AuthorizerId: authorizerId });
  expect(
    await client.getMethod({ restApiId, resourceId: method.ResourceId as string, httpMethod: 'GET' }),
  ).toMatchObject({ authorizationType: 'COGNITO_USER_POOLS', authorizerId, authorizationScopes: ['a/b'] });
  const existing = { ...before, properties: after };
  const remove = () => RESOURCE_TYPES['AWS::ApiGateway::Authorizer']!.delete(existing, context);
  await expect(remove()).rejects.toThrow("Cannot delete authorizer 'pool'");
});

test.each<[string, Properties, string]>([
  ['a function', { Type: 'TOKEN', ProviderARNs: [] }, 'authorizers of the type TOKEN'],
  ['no user pool', { Type: 'COGNITO_USER_POOLS' }, 'list user pools'],
  ['another ARN', { Type: 'COGNITO_USER_POOLS', ProviderARNs: ['arn:aws:s3:::b'] }, "'arn:aws:s3:::b'"],
])('an authorizer with %s is refused', async (_, properties, message) => {
  const { physicalId } = await made('RestApi', { Name: 'refusing' });
  await expect(made('Authorizer', { RestApiId: physicalId, Name: 'a', ...properties })).rejects.toThrow(
    message,
  );
});

test('a domain name and its mapping follow the template', async () => {
  const { physicalId: restApiId } = await made('RestApi', { Name: 'domain' });
  const { physicalId: other } = await made('RestApi', { Name: 'other' });
  const certificate = 'arn:aws:acm:us-east-1:123456789012:certificate/1';
  const properties = {
    ...{ DomainName: 'predict.team.dev', RegionalCertificateArn: certificate, SecurityPolicy: 'TLS_1_2' },
    ...{ EndpointConfiguration: { Types: ['REGIONAL'] }, Tags: [{ Key: 'team', Value: 'ml' }] },
  };
  const domain = await made('DomainName', properties);
  const domainName = domain.physicalId;
  const shown = () => client.getDomainName({ domainName });
  expect(await shown()).toMatchObject({
    ...{ regionalDomainName: domain.attributes!.RegionalDomainName, tags: { team: 'ml' } },
  });
  await update('DomainName', { ...properties, RegionalCertificateArn: `${certificate}2` }, domain);
  expect(await shown()).toMatchObject({ regionalCertificateArn: `${certificate}2` });

  const mapped = { DomainName: domainName, RestApiId: restApiId };
  const mapping = await made('BasePathMapping', mapped);
  expect(mapping.physicalId).toBe('predict.team.dev|(none)');
  await update('BasePathMapping', { ...mapped, RestApiId: other }, mapping);
  const basePath = '(none)';
  expect(await client.getBasePathMapping({ domainName, basePath })).toMatchObject({ restApiId: other });
  await RESOURCE_TYPES['AWS::ApiGateway::BasePathMapping']!.delete(mapping, context);
  expect((await client.getBasePathMappings({ domainName })).items).toEqual([]);
});

/** Properties of a method of an API's root. */
async function rootOf(restApiId: string): Promise<Properties> {
  const { rootResourceId } = await client.getRestApi({ restApiId });
  return {
    RestApiId: restApiId,
    ResourceId: rootResourceId,
    HttpMethod: 'GET',
    AuthorizationType: 'NONE',
  };
}

/** The URI of a function's invocation. */
function uri(): string {
  const functionArn = here.cloud.arn('lambda', 'function:fn');
  return `arn:aws:apigateway:${here.cloud.region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
}
