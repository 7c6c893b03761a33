import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** An access log with what is known of a request but its address, its headers, its body and who sent it. */
export function accessLog(
  scope: Construct,
  retention: logs.RetentionDays,
): Pick<apigateway.StageOptions, 'accessLogDestination' | 'accessLogFormat'> {
  return {
    accessLogDestination: new apigateway.LogGroupLogDestination(
      new logs.LogGroup(scope, 'AccessLog', { retention }),
    ),
    accessLogFormat: apigateway.AccessLogFormat.jsonWithStandardFields({
      caller: false,
      httpMethod: true,
      ip: true,
      protocol: true,
      requestTime: true,
      // The template of the path, with nothing that the request brought.
      resourcePath: true,
      responseLength: true,
      status: true,
      user: false,
    }),
  };
}
