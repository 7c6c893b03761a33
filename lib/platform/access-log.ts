import { acknowledge } from './acknowledgements';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../config';
import { AppLogGroup } from './log-group';

/** Creates an access log with everything about a request except its address, its headers, its body and its sender. */
export function accessLog(
  scope: Construct,
  config: PipelineConfig,
): Pick<apigateway.StageOptions, 'accessLogDestination' | 'accessLogFormat'> {
  return {
    accessLogDestination: new apigateway.LogGroupLogDestination(new AppLogGroup(scope, 'AccessLog', config)),
    accessLogFormat: apigateway.AccessLogFormat.jsonWithStandardFields({
      caller: false,
      httpMethod: true,
      ip: true,
      protocol: true,
      requestTime: true,
      // The template of the path, without the request's values.
      resourcePath: true,
      responseLength: true,
      status: true,
      user: false,
    }),
  };
}

/** Accepts AWS's own policy of the role under which API Gateway logs. */
export function acknowledgeLoggingRole(api: apigateway.RestApi): void {
  acknowledge(
    api.node.findChild('CloudWatchRole'),
    'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
    'the logging role is a setting of the account, not of this API; AWS prescribes this policy, which only writes logs',
  );
}
