import { CfnOutput, Duration } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { acknowledge } from '../platform/acknowledgements';
import { resourcePrefix, type PipelineConfig } from '../config';
import { isText } from '../contract/model';
import { describeGatewayErrors } from './gateway-errors';
import { executionLog, requireTls12, setsLoggingRole } from '../platform/api-parts';
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
 * `POST /predict` and `GET /schema` over HTTPS, behind an API key and, where configured, an authorizer; for an asynchronous endpoint also `GET
 * /predict/{id}`.
 */
export class PredictionApi extends Construct {
  readonly api: apigateway.RestApi;
  readonly apiKey: apigateway.IApiKey;

  constructor(scope: Construct, id: string, { config, predict }: PredictionApiProps) {
    super(scope, id);
    const { rateLimit, burstLimit, dailyQuota } = config.api;
    // An account has one role for the logs of its APIs: the first API that is deployed sets it.
    const setsRole = config.approval === null && setsLoggingRole(config);
    this.api = new apigateway.RestApi(this, 'Api', {
      restApiName: apiName(config),
      description: 'Predictions of the model in production',
      // An edge-optimized API cannot have its 29 s timeout raised.
      endpointConfiguration: { types: [apigateway.EndpointType.REGIONAL] },
      binaryMediaTypes: binaryTypes(config.api),
      cloudWatchRole: setsRole,
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
    if (setsRole) acknowledgeLoggingRole(this.api);
    requireTls12(this.api);
    executionLog(this.api, API_STAGE, config);
    this.addDomain(config);
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

  /** Its alias in DNS is the team's: the zone may be in another account. */
  private addDomain({ api: { domain } }: PipelineConfig): void {
    if (!domain) return;
    const name = new apigateway.DomainName(this, 'Domain', {
      domainName: domain.domainName,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', domain.certificateArn),
      endpointType: apigateway.EndpointType.REGIONAL,
      securityPolicy: apigateway.SecurityPolicy.TLS_1_2,
      mapping: this.api,
    });
    new CfnOutput(this, 'DomainTarget', { value: name.domainNameAliasDomainName });
  }

  /** Returns the authorizer of all methods; empty where the key alone identifies a caller. */
  private authorizer({ authorization }: PipelineConfig['api']): Partial<apigateway.MethodOptions> {
    if (!authorization) return {};
    if (authorization.kind === 'iam') return { authorizationType: apigateway.AuthorizationType.IAM };
    const { userPoolArn, scopes } = authorization;
    return {
      authorizationType: apigateway.AuthorizationType.COGNITO,
      authorizer: new apigateway.CognitoUserPoolsAuthorizer(this, 'Authorizer', {
        cognitoUserPools: [UserPool.fromUserPoolArn(this, 'UserPool', userPoolArn)],
      }),
      ...(scopes && { authorizationScopes: [...scopes] }),
    };
  }

  private addPredict(predict: IFunction, { api: contents, endpoint }: PipelineConfig): void {
    const requestValidator = new apigateway.RequestValidator(this, 'Validator', {
      restApi: this.api,
      validateRequestBody: true,
      validateRequestParameters: true,
    });
    const access = { apiKeyRequired: true, requestValidator, ...this.authorizer(contents) };
    const resource = this.api.root.addResource('predict');
    const integration = () =>
      new apigateway.LambdaIntegration(predict, { timeout: Duration.seconds(29), allowTestInvoke: false });
    const methods = [
      resource.addMethod('POST', integration(), {
        ...access,
        requestModels: this.requestModels(contents),
      }),
      this.api.root.addResource('schema').addMethod('GET', integration(), access),
      ...(endpoint.serving.kind === 'asynchronous'
        ? [resource.addResource('{id}').addMethod('GET', integration(), access)]
        : []),
    ];
    const machines =
      'callers are programs of the team and its customers, identified by API keys with usage plans';
    for (const method of methods) {
      const { kind } = contents.authorization ?? {};
      if (kind === undefined)
        acknowledge(method, 'AwsSolutions-APIG4', `${machines}; the gateway refuses a call without one`);
      if (kind !== 'cognito')
        acknowledge(
          method,
          'AwsSolutions-COG4',
          `${machines}; there are no people to sign in to a user pool`,
        );
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
