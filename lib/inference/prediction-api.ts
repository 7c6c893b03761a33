import { Duration } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledgements';
import { resourcePrefix, type PipelineConfig } from '../config';
import { accessLog, acknowledgeLoggingRole } from '../observability/access-log';

export const API_STAGE = 'v1';

/** What metrics of the API are told by, so that others can name it. */
export function apiName(config: PipelineConfig): string {
  return `${resourcePrefix(config)}-prediction`;
}

export interface PredictionApiProps {
  readonly config: PipelineConfig;
  readonly predict: IFunction;
}

/** `POST /predict` over HTTPS, behind an API key; of an asynchronous endpoint `GET /predict/{id}` too. */
export class PredictionApi extends Construct {
  readonly api: apigateway.RestApi;
  readonly apiKey: apigateway.IApiKey;

  constructor(scope: Construct, id: string, { config, predict }: PredictionApiProps) {
    super(scope, id);
    const { rateLimit, burstLimit, dailyQuota } = config.api;
    // The account has one role for the logs of its APIs: the first API that is deployed sets it.
    const setsLoggingRole = config.approval === null;
    this.api = new apigateway.RestApi(this, 'Api', {
      restApiName: apiName(config),
      description: 'Predictions of the model in production',
      // An edge-optimized API cannot have its 29 s timeout raised.
      endpointConfiguration: { types: [apigateway.EndpointType.REGIONAL] },
      cloudWatchRole: setsLoggingRole,
      deployOptions: {
        stageName: API_STAGE,
        throttlingRateLimit: rateLimit,
        throttlingBurstLimit: burstLimit,
        tracingEnabled: true,
        metricsEnabled: true,
        loggingLevel: apigateway.MethodLoggingLevel.ERROR,
        // Payloads are not logged anywhere.
        dataTraceEnabled: false,
        ...accessLog(this, config.logRetentionDays),
      },
    });
    if (setsLoggingRole) acknowledgeLoggingRole(this.api);
    acknowledge(
      this.api.deploymentStage,
      'AwsSolutions-APIG3',
      'no web ACL: every client holds a key, and validation, throttles and a daily quota stand before the function; docs/adr/0010-no-web-firewall-before-the-api.md has the argument and says when to add one',
    );
    this.describeErrors();
    this.addPredict(predict, config.endpoint.serving.kind === 'asynchronous');
    this.apiKey = this.api.addApiKey('Key', { description: `Clients of ${resourcePrefix(config)}` });
    const plan = this.api.addUsagePlan('UsagePlan', {
      throttle: { rateLimit, burstLimit },
      quota: { limit: dailyQuota, period: apigateway.Period.DAY },
      apiStages: [{ api: this.api, stage: this.api.deploymentStage }],
    });
    plan.addApiKey(this.apiKey);
  }

  private addPredict(predict: IFunction, asynchronous: boolean): void {
    const model = this.api.addModel('PredictionRequest', {
      contentType: 'application/json',
      description: 'Rows to predict; the features are those of the deployed model, which checks them',
      schema: {
        schema: apigateway.JsonSchemaVersion.DRAFT4,
        type: apigateway.JsonSchemaType.OBJECT,
        required: ['instances'],
        properties: {
          instances: {
            type: apigateway.JsonSchemaType.ARRAY,
            minItems: 1,
            items: { type: apigateway.JsonSchemaType.OBJECT },
          },
        },
      },
    });
    const requestValidator = new apigateway.RequestValidator(this, 'Validator', {
      restApi: this.api,
      validateRequestBody: true,
      validateRequestParameters: true,
    });
    const resource = this.api.root.addResource('predict');
    const integration = () =>
      new apigateway.LambdaIntegration(predict, { timeout: Duration.seconds(29), allowTestInvoke: false });
    const methods = [
      resource.addMethod('POST', integration(), {
        apiKeyRequired: true,
        requestModels: { 'application/json': model },
        requestValidator,
      }),
      ...(asynchronous
        ? [
            resource
              .addResource('{id}')
              .addMethod('GET', integration(), { apiKeyRequired: true, requestValidator }),
          ]
        : []),
    ];
    const machines =
      'callers are programs of the team and its customers, told apart by API keys with usage plans';
    for (const method of methods) {
      acknowledge(method, 'AwsSolutions-APIG4', `${machines}; the gateway refuses a call without one`);
      acknowledge(method, 'AwsSolutions-COG4', `${machines}; there are no people to sign in to a user pool`);
    }
  }

  /**
   * The gateway's own errors in the form of ours. Its templates know no escaping, and what the validator says
   * holds quotes, so the sentences stand here.
   */
  private describeErrors(): void {
    const answer = (id: string, type: apigateway.ResponseType, statusCode: number, error: ApiErrorBody) =>
      this.api.addGatewayResponse(id, {
        type,
        statusCode: String(statusCode),
        templates: { 'application/json': JSON.stringify({ error }) },
      });
    answer('BadRequestBody', apigateway.ResponseType.BAD_REQUEST_BODY, 400, {
      code: 'InvalidInput',
      message:
        'the body is empty, no JSON, or has no list "instances" of at least one object; send {"instances": [{feature: value, ...}, ...]}, or CSV rows as text/csv',
      field: 'body',
    });
    answer('NoApiKey', apigateway.ResponseType.INVALID_API_KEY, 403, {
      code: 'Forbidden',
      message: 'the header x-api-key is missing or holds no valid key; send the key of the usage plan',
      field: 'x-api-key',
    });
    answer('Throttled', apigateway.ResponseType.THROTTLED, 429, {
      code: 'TooManyRequests',
      message: 'too many requests a second; send fewer or ask for a higher rate',
    });
    answer('QuotaExceeded', apigateway.ResponseType.QUOTA_EXCEEDED, 429, {
      code: 'TooManyRequests',
      message: 'the daily quota of this key is used up; ask for a higher one',
    });
    answer('TooLarge', apigateway.ResponseType.REQUEST_TOO_LARGE, 413, {
      code: 'PayloadTooLarge',
      message: 'the body is too large; at most 6291456 bytes are allowed: send fewer rows a request',
      field: 'body',
    });
    answer('NotFound', apigateway.ResponseType.MISSING_AUTHENTICATION_TOKEN, 403, {
      code: 'Forbidden',
      message: 'there is nothing here; send POST /predict',
    });
  }
}

interface ApiErrorBody {
  readonly code: string;
  readonly message: string;
  readonly field?: string;
}
