import { validateConfig, type PipelineConfig } from '../../lib/config';
import { arn, dev, ofType, only, synthesise } from './support/synthesis';
import { approval } from './support/variants';

const POOL = 'arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEfGhI';
const CERTIFICATE = 'arn:aws:acm:eu-west-1:123456789012:certificate/00000000-0000-0000-0000-000000000000';

const withApi = (api: Partial<PipelineConfig['api']>): PipelineConfig => ({
  ...dev,
  api: { ...dev.api, ...api },
});
const methods = (config: PipelineConfig) =>
  ofType<Record<string, unknown>>(synthesise(config).inference, 'AWS::ApiGateway::Method').map(
    ({ properties }) => properties,
  );

test('without an authorizer, the key is required and nothing else', () => {
  for (const method of methods(dev))
    expect(method).toMatchObject({ ApiKeyRequired: true, AuthorizationType: 'NONE' });
});

test('IAM is required beside the key', () => {
  for (const method of methods(withApi({ authorization: { kind: 'iam' } })))
    expect(method).toMatchObject({ ApiKeyRequired: true, AuthorizationType: 'AWS_IAM' });
});

test('a token of the user pool is required beside the key', () => {
  const config = withApi({ authorization: { kind: 'cognito', userPoolArn: POOL, scopes: ['predict/call'] } });
  const authorizer = only(synthesise(config).inference, 'AWS::ApiGateway::Authorizer');
  expect(authorizer.properties).toMatchObject({ Type: 'COGNITO_USER_POOLS', ProviderARNs: [POOL] });
  for (const method of methods(config)) {
    expect(method).toMatchObject({
      ...{ ApiKeyRequired: true, AuthorizationType: 'COGNITO_USER_POOLS', AuthorizerId: authorizer.id },
      AuthorizationScopes: ['predict/call'],
    });
  }
});

test('every API requires TLS 1.2, at its own address and in a domain', () => {
  const domain = { domainName: 'predict.team.dev', certificateArn: CERTIFICATE };
  const { inference } = synthesise(withApi({ domain }));
  const apis = [inference, synthesise(approval).pipeline].flatMap((stack) =>
    ofType(stack, 'AWS::ApiGateway::RestApi'),
  );
  expect(apis).toHaveLength(2);
  for (const { properties } of apis) {
    // The name says both versions, 1.3 and 1.2.
    expect(properties).toMatchObject({
      SecurityPolicy: 'SecurityPolicy_TLS13_1_2_PQ_2025_09',
      EndpointAccessMode: 'BASIC',
    });
  }
  expect(only(inference, 'AWS::ApiGateway::DomainName').properties).toMatchObject({
    ...{ DomainName: domain.domainName, RegionalCertificateArn: CERTIFICATE, SecurityPolicy: 'TLS_1_2' },
    EndpointConfiguration: { Types: ['REGIONAL'] },
  });
});

test('every API answers in the one form of errors', () => {
  for (const stack of [synthesise(dev).inference, synthesise(approval).pipeline]) {
    const types = ofType<{ ResponseType: string }>(stack, 'AWS::ApiGateway::GatewayResponse').map(
      ({ properties }) => properties.ResponseType,
    );
    expect(types).toEqual(expect.arrayContaining(['DEFAULT_4XX', 'DEFAULT_5XX']));
  }
});

test('the execution log is made before the stage, and ends', () => {
  const { inference } = synthesise(dev);
  const api = only(inference, 'AWS::ApiGateway::RestApi');
  const group = ofType(inference, 'AWS::Logs::LogGroup').find(({ id }) => id.includes('ExecutionLog'))!;
  expect(group.properties).toMatchObject({
    LogGroupName: `API-Gateway-Execution-Logs_${api.id}/v1`,
    RetentionInDays: dev.logRetentionDays,
  });
  expect(only(inference, 'AWS::ApiGateway::Stage').dependsOn).toContain(group.id);
});

test.each([dev, approval])('the logging role of the account can be left to its owner: %#', (config) => {
  const accounts = (of: PipelineConfig) =>
    Object.values(synthesise(of)).flatMap((stack) => ofType(stack, 'AWS::ApiGateway::Account'));
  expect(accounts(config)).toHaveLength(1);
  expect(accounts({ ...config, apiLoggingRole: 'existing' })).toHaveLength(0);
});

test.each<[Partial<PipelineConfig['api']>, string]>([
  [
    { authorization: { kind: 'cognito', userPoolArn: arn('AWS::S3::Bucket', 'b') } },
    'the ARN of a user pool',
  ],
  [{ domain: { domainName: 'Predict', certificateArn: CERTIFICATE } }, 'a domain name such as'],
  [
    {
      domain: { domainName: 'a.team.dev', certificateArn: CERTIFICATE.replace('eu-west-1', 'us-east-1') },
    },
    'must be a certificate of the region eu-west-1',
  ],
])('%j is refused', (api, fault) => {
  expect(() => validateConfig({ ...withApi(api), account: '123456789012', region: 'eu-west-1' })).toThrow(
    fault,
  );
});
