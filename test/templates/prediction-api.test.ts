import { API_ERRORS } from '../../lambda/inference/errors';
import { dev, local, ofType, only, synthesise, type Resource } from './support/synthesis';

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

interface GatewayResponse {
  ResponseType: string;
  StatusCode?: string;
  ResponseTemplates: Record<string, string>;
}

function bodyOf({ properties }: Resource<GatewayResponse>): string {
  return properties.ResponseTemplates['application/json']!;
}
