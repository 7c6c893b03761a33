import { API_ERRORS } from '../../lambda/inference/errors';
import type { PipelineConfig } from '../../lib/config';
import { serverless } from './support/variants';
import { dev, local, ofType, only, synthesise, type Resource } from './support/synthesis';

const DRAFT_4 = 'http://json-schema.org/draft-04/schema#';
const ofModel = (api: Partial<PipelineConfig['api']>): PipelineConfig => ({
  ...dev,
  data: { ...dev.data, check: 'none', schemaKey: null, suffixes: '*' },
  api: { ...dev.api, ...api },
});
const png = { contentType: 'image/png', binary: true, schema: null };
const images = ofModel({ accepts: [png] });
/** Types of each form: JSON with a schema and without, text, bytes. */
const typed = ofModel({
  accepts: [
    { contentType: 'application/json', binary: false, schema: { type: 'string', maxLength: 9 } },
    png,
    {
      ...{ contentType: 'application/vnd.team.row+json', binary: false },
      schema: { type: 'object', required: ['schema'] },
    },
    { contentType: 'application/x-npy', binary: true, schema: null },
    { contentType: 'application/geo+json', binary: false, schema: null },
    { contentType: 'text/plain', binary: false, schema: null },
  ],
  returns: ['application/json', 'image/webp', 'image/png', 'text/csv'],
});

interface Stage {
  AccessLogSetting: { DestinationArn: string; Format: string };
  MethodSettings: object[];
}

interface Method {
  ApiKeyRequired: boolean;
  HttpMethod: string;
  RequestModels: Record<string, string>;
  RequestValidatorId: string;
  Integration: { Type: string; TimeoutInMillis: number };
}

describe.each([dev, local])('the prediction API of $environment', (config) => {
  const { inference } = synthesise(config);
  const { rateLimit, burstLimit, dailyQuota } = config.api;
  const api = only(inference, 'AWS::ApiGateway::RestApi');
  const stage = only<Stage>(inference, 'AWS::ApiGateway::Stage');

  // The 29 s timeout of an edge-optimized API cannot be raised.
  test('is regional', () => {
    expect(api.properties.EndpointConfiguration).toEqual({ Types: ['REGIONAL'] });
  });

  test('has two methods that require a key, and validates the body', () => {
    const methods = ofType<Method>(inference, 'AWS::ApiGateway::Method').map((method) => method.properties);
    expect(methods.map(({ HttpMethod }) => HttpMethod).sort()).toEqual(['GET', 'POST']);
    for (const { ApiKeyRequired } of methods) expect(ApiKeyRequired).toBe(true);
    const properties = methods.find(({ HttpMethod }) => HttpMethod === 'POST')!;
    const validator = only(inference, 'AWS::ApiGateway::RequestValidator');
    expect(properties.RequestValidatorId).toBe(validator.id);
    expect(validator.properties.ValidateRequestBody).toBe(true);
    const model = only<{ Schema: object }>(inference, 'AWS::ApiGateway::Model');
    expect(properties.RequestModels).toEqual({ 'application/json': model.id });
    // Each other form has a sentence of its own, which only the serving program knows.
    expect(model.properties.Schema).toMatchObject({ type: ['object', 'array'] });
    expect(api.properties).not.toHaveProperty('BinaryMediaTypes');
  });

  test('is throttled by stage and by key, with the configured numbers', () => {
    expect(stage.properties.MethodSettings).toEqual([
      expect.objectContaining({
        HttpMethod: '*',
        ResourcePath: '/*',
        ThrottlingRateLimit: rateLimit,
        ThrottlingBurstLimit: burstLimit,
      }),
    ]);
    const plan = only(inference, 'AWS::ApiGateway::UsagePlan');
    expect(plan.properties).toMatchObject({
      Throttle: { RateLimit: rateLimit, BurstLimit: burstLimit },
      Quota: { Limit: dailyQuota, Period: 'DAY' },
      ApiStages: [{ ApiId: api.id, Stage: stage.id }],
    });
    const key = only(inference, 'AWS::ApiGateway::ApiKey');
    expect(only(inference, 'AWS::ApiGateway::UsagePlanKey').properties).toMatchObject({
      KeyId: key.id,
      UsagePlanId: plan.id,
    });
    expect(key.properties).not.toHaveProperty('Value');
  });

  test('logs caller and status, and no payload', () => {
    expect(stage.properties.MethodSettings).toEqual([expect.objectContaining({ DataTraceEnabled: false })]);
    const fields = JSON.parse(stage.properties.AccessLogSetting.Format) as Record<string, string>;
    expect(Object.keys(fields)).toEqual(expect.arrayContaining(['requestId', 'ip', 'status', 'requestTime']));
    const known =
      /^\$context\.(requestId|identity\.sourceIp|requestTime|httpMethod|resourcePath|status|protocol|responseLength)$/;
    for (const value of Object.values(fields)) expect(value).toMatch(known);
    const group = ofType(inference, 'AWS::Logs::LogGroup').find(({ id }) => id.includes('AccessLog'))!;
    expect(stage.properties.AccessLogSetting.DestinationArn).toMatch(new RegExp(`:log-group:${group.id}$`));
  });

  // 29 s is where the gateway gives up; the function's own 504 has to come before.
  test('gives its function less time than the gateway has', () => {
    const { properties } = only<{ Timeout: number }>(inference, 'AWS::Lambda::Function');
    for (const method of ofType<Method>(inference, 'AWS::ApiGateway::Method')) {
      expect(method.properties.Integration).toMatchObject({ Type: 'AWS_PROXY', TimeoutInMillis: 29_000 });
    }
    expect(properties.Timeout).toBeLessThan(29);
  });

  // The gateway's templates put a value into the text as it is: one that holds a quote would break the JSON.
  test("answers the gateway's own errors in the function's form, with fixed sentences", () => {
    const responses = ofType<GatewayResponse>(inference, 'AWS::ApiGateway::GatewayResponse');
    expect(responses.map(({ properties }) => properties.ResponseType).sort()).toEqual([
      'BAD_REQUEST_BODY',
      'DEFAULT_4XX',
      'DEFAULT_5XX',
      'INTEGRATION_TIMEOUT',
      'INVALID_API_KEY',
      'MISSING_AUTHENTICATION_TOKEN',
      'QUOTA_EXCEEDED',
      'REQUEST_TOO_LARGE',
      'THROTTLED',
    ]);
    for (const response of responses) {
      expect(bodyOf(response)).not.toContain('$');
      const { error } = JSON.parse(bodyOf(response)) as { error: Record<string, string> };
      expect(error.message).toMatch(/\w/);
      const { ResponseType, StatusCode } = response.properties;
      // The status of what has no type of its own is the gateway's.
      if (ResponseType.startsWith('DEFAULT_')) expect(StatusCode).toBeUndefined();
      else expect(StatusCode).toBe(String({ ...API_ERRORS, Forbidden: 403 }[error.code as 'Forbidden']));
    }
  });
});

describe('the API of a model', () => {
  const sentence = (config: PipelineConfig, type: string): string => {
    const responses = ofType<GatewayResponse>(
      synthesise(config).inference,
      'AWS::ApiGateway::GatewayResponse',
    );
    const found = responses.find(({ properties }) => properties.ResponseType === type)!;
    return (JSON.parse(bodyOf(found)) as { error: { message: string } }).error.message;
  };

  test('checks each type that has a schema with it, and no other type', () => {
    const { inference } = synthesise(typed);
    const post = ofType<Method>(inference, 'AWS::ApiGateway::Method').find(
      ({ properties }) => properties.HttpMethod === 'POST',
    )!;
    const models = ofType<{ Schema: object; ContentType: string; Name?: string }>(
      inference,
      'AWS::ApiGateway::Model',
    );
    expect(
      Object.fromEntries(models.map(({ properties }) => [properties.ContentType, properties.Schema])),
    ).toEqual({
      'application/json': { $schema: DRAFT_4, type: 'string', maxLength: 9 },
      'application/vnd.team.row+json': { $schema: DRAFT_4, type: 'object', required: ['schema'] },
    });
    expect(post.properties.RequestModels).toEqual(
      Object.fromEntries(models.map(({ id, properties }) => [properties.ContentType, id])),
    );
    // CloudFormation cannot replace a resource that has a name of its own.
    for (const { properties } of models) expect(properties).not.toHaveProperty('Name');
  });

  test('passes on the types that are binary as bytes, requests and answers, and no others', () => {
    const { properties } = only(synthesise(typed).inference, 'AWS::ApiGateway::RestApi');
    expect(properties.BinaryMediaTypes).toEqual(['image/png', 'application/x-npy', 'image/webp']);
  });

  test('that is no table speaks of its own types', () => {
    expect(sentence(dev, 'BAD_REQUEST_BODY')).toContain('{"instances": [{feature: value, ...}, ...]}');
    const said = sentence(typed, 'BAD_REQUEST_BODY');
    expect(said).toContain('the JSON schema of application/json and application/vnd.team.row+json');
    const all = ['BAD_REQUEST_BODY', 'REQUEST_TOO_LARGE', 'INTEGRATION_TIMEOUT'].map((type) =>
      sentence(typed, type),
    );
    expect(all.join()).not.toMatch(/instances|csv|rows|NaN/i);
  });

  test.each<[string, PipelineConfig, RegExp]>([
    ['text', dev, /^(?!.*base64).*at most 6291456 bytes of body are allowed, and 6291556 with headers/],
    ['bytes', images, /at most 4718667 bytes of image\/png are allowed/],
    [
      'both',
      typed,
      /at most 6291456 bytes of body .*; at most 4718667 bytes of image\/png or application\/x-npy/,
    ],
    [
      'bytes for a serverless endpoint',
      { ...images, endpoint: serverless.endpoint },
      /at most 4194304 bytes of image/,
    ],
  ])('names the largest request: %s', (_, config, message) => {
    expect(sentence(config, 'REQUEST_TOO_LARGE')).toMatch(message);
  });
});

interface GatewayResponse {
  ResponseType: string;
  StatusCode?: string;
  ResponseTemplates: Record<string, string>;
}

function bodyOf({ properties }: Resource<GatewayResponse>): string {
  return properties.ResponseTemplates['application/json']!;
}
