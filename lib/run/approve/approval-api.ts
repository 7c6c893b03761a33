import { Duration } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { acknowledge } from '../../platform/acknowledgements';
import { resourcePrefix, type PipelineConfig } from '../../config';
import { describeOtherErrors } from '../../serving/gateway-errors';
import { requireTls12, setsLoggingRole } from '../../platform/api-parts';
import { accessLog, acknowledgeLoggingRole } from '../../platform/access-log';

export interface ApprovalApiProps {
  readonly config: PipelineConfig;
  readonly approve: IFunction;
}

/**
 * A few people press a few buttons; an attacker who guesses signatures is limited to this rate. Requests per second.
 */
const RATE_LIMIT = 5;
const BURST_LIMIT = 10;

/** The API behind the links of approvals: GET shows a page, POST answers. */
export class ApprovalApi extends Construct {
  /** Base URL of the links; a query is appended. */
  readonly url: string;

  constructor(scope: Construct, id: string, { config, approve }: ApprovalApiProps) {
    super(scope, id);
    const api = new apigateway.RestApi(this, 'Api', {
      restApiName: `${resourcePrefix(config)}-approval`,
      description: 'Approval of models through links in mails',
      endpointConfiguration: { types: [apigateway.EndpointType.REGIONAL] },
      // It is deployed before the prediction API, and sets the account's logging role for both.
      cloudWatchRole: setsLoggingRole(config),
      deployOptions: {
        stageName: 'v1',
        throttlingRateLimit: RATE_LIMIT,
        throttlingBurstLimit: BURST_LIMIT,
        // Addresses hold signatures, so they appear in no trace and no execution log, and not in the access log.
        tracingEnabled: false,
        metricsEnabled: true,
        loggingLevel: apigateway.MethodLoggingLevel.OFF,
        dataTraceEnabled: false,
        ...accessLog(this, config),
      },
    });
    const resource = api.root.addResource('approval');
    this.url = api.urlForPath(resource.path);
    if (setsLoggingRole(config)) acknowledgeLoggingRole(api);
    requireTls12(api);
    describeOtherErrors(api);
    this.acknowledgeRules(api);
    for (const httpMethod of ['GET', 'POST']) {
      const method = resource.addMethod(
        httpMethod,
        new apigateway.LambdaIntegration(approve, { timeout: Duration.seconds(29), allowTestInvoke: false }),
      );
      const people = 'anyone with a link from the mail may answer: its signature is the authorization';
      acknowledge(
        method,
        'AwsSolutions-APIG4',
        `${people}, which the function has KMS verify before all else`,
      );
      acknowledge(
        method,
        'AwsSolutions-COG4',
        `${people}; approvers need no account of AWS, nor a user pool`,
      );
    }
  }

  private acknowledgeRules(api: apigateway.RestApi): void {
    acknowledge(
      api,
      'AwsSolutions-APIG2',
      'the function rejects invalid requests with an HTML page for people; the validator of API Gateway answers JSON',
    );
    acknowledge(
      api.deploymentStage,
      'AwsSolutions-APIG3',
      'no web ACL: every request needs a signature, and the stage is throttled; docs/adr/0010-no-web-firewall-before-the-api.md says when to add one',
    );
    acknowledge(
      api.deploymentStage,
      'AwsSolutions-APIG6',
      'no execution log: it may hold the address of a request, and with it a signature; the access log lists every request without its address',
    );
  }
}
