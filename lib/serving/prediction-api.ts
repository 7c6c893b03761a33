import { Duration } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { acknowledge } from '../platform/acknowledgements';
import { resourcePrefix, type PipelineConfig } from '../config';
import { isText } from '../contract/model';
import { describeGatewayErrors } from './gateway-errors';
import { accessLog, acknowledgeLoggingRole } from '../platform/access-log';

export const API_STAGE = 'v1';

/** Returns the API's name, which its metrics have as a dimension. */
export function apiName(config: PipelineConfig): string {
  return `${resourcePrefix(config)}-prediction`;
}

export interface PredictionApiProps {
  readonly config: PipelineConfig;
  readonly predict: IFunction;
}

/**
 * `POST /predict` and `GET /schema` over HTTPS, behind an API key; for an asynchronous endpoint also `GET
 * /predict/{id}`.
 */
export class PredictionApi extends Construct {
  readonly api: apigateway.RestApi;
  readonly apiKey: apigateway.IApiKey;

  constructor(scope: Construct, id: string, { config, predict }: PredictionApiProps) {
    super(scope, id);
    const { rateLimit, burstLimit, dailyQuota } = config.api;
    // An account has one role for the logs of its APIs: the first API that is deployed sets it.
    const setsLoggingRole = config.approval === null;
    this.api = new apigateway.RestApi(this, 'Api', {
      restApiName: apiName(config),
      description: 'Predictions of the model in production',
      // An edge-optimized API cannot have its 29 s timeout raised.
      endpointConfiguration: { types: [apigateway.EndpointType.REGIONAL] },
      binaryMediaTypes: binaryTypes(config.api),
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
        ...accessLog(this, config),
      },
    });
    if (setsLoggingRole) acknowledgeLoggingRole(this.api);
    acknowledge(
      this.api.deploymentStage,
      'AwsSolutions-APIG3',
      'no web ACL: every client has a key, and requests are validated, throttled and limited by a daily quota before they reach the function; docs/adr/0010-no-web-firewall-before-the-api.md says why, and when to add one',
    );
    describeGatewayErrors(this.api, config);
    this.addPredict(predict, config);
    this.apiKey = this.api.addApiKey('Key', { description: `Clients of ${resourcePrefix(config)}` });
    const plan = this.api.addUsagePlan('UsagePlan', {
      throttle: { rateLimit, burstLimit },
      quota: { limit: dailyQuota, period: apigateway.Period.DAY },
      apiStages: [{ api: this.api, stage: this.api.deploymentStage }],
    });
    plan.addApiKey(this.apiKey);
  }

  private addPredict(predict: IFunction, { api: contents, endpoint }: PipelineConfig): void {
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
        requestModels: this.requestModels(contents),
        requestValidator,
      }),
      this.api.root
        .addResource('schema')
        .addMethod('GET', integration(), { apiKeyRequired: true, requestValidator }),
      ...(endpoint.serving.kind === 'asynchronous'
        ? [
            resource
              .addResource('{id}')
              .addMethod('GET', integration(), { apiKeyRequired: true, requestValidator }),
          ]
        : []),
    ];
    const machines =
      'callers are programs of the team and its customers, identified by API keys with usage plans';
    for (const method of methods) {
      acknowledge(method, 'AwsSolutions-APIG4', `${machines}; the gateway refuses a call without one`);
      acknowledge(method, 'AwsSolutions-COG4', `${machines}; there are no people to sign in to a user pool`);
    }
  }

  /**
   * Returns the models that the gateway checks bodies with, by content type. A body of any other type reaches the
   * function as it is. The models have no names of their own: CloudFormation replaces one whose content type changes.
   */
  private requestModels({ accepts }: PipelineConfig['api']): Record<string, apigateway.IModel> {
    return Object.fromEntries(
      accepts.flatMap(({ contentType, schema }) =>
        schema === null
          ? []
          : [
              [
                contentType,
                this.api.addModel(modelId(contentType), {
                  contentType,
                  description: 'Requests of the API, as far as the gateway checks them',
                  // CDK adds that it is of draft 4.
                  schema,
                }),
              ],
            ],
      ),
    );
  }
}

/** Returns the construct id of a content type's model. That of JSON is older than the others. */
function modelId(contentType: string): string {
  return contentType === 'application/json'
    ? 'PredictionRequest'
    : `PredictionRequest-${contentType.replace(/[^a-z0-9]+/g, '-')}`;
}

/**
 * Returns the media types that the gateway passes on as bytes: of requests by their header content-type, of answers by
 * the first type of the request's header accept ("Binary media types for REST APIs in API Gateway", Developer Guide).
 */
function binaryTypes({ accepts, returns }: PipelineConfig['api']): string[] | undefined {
  const types = [
    ...accepts.filter(({ binary }) => binary).map(({ contentType }) => contentType),
    ...returns.filter((contentType) => !isText(contentType)),
  ];
  return types.length === 0 ? undefined : [...new Set(types)];
}
