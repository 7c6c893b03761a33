import type { ServiceId } from '../../core/catalog';
import type { ServiceError } from '../../core/errors';
import { serviceModel } from '../../core/model';
import { StatesError } from '../../states';

/** Names of services in the error names of `aws-sdk:` tasks: those of the AWS SDK for Java 2.x. */
const SDK_NAMES: Partial<Record<ServiceId, string>> = {
  apigateway: 'ApiGateway',
  cloudwatch: 'CloudWatch',
  cloudwatchlogs: 'CloudWatchLogs',
  codebuild: 'CodeBuild',
  ecr: 'Ecr',
  eventbridge: 'EventBridge',
  lambda: 'Lambda',
  s3: 'S3',
  sagemaker: 'SageMaker',
  sagemakerruntime: 'SageMakerRuntime',
  sfn: 'Sfn',
  sns: 'Sns',
  ssm: 'Ssm',
  sts: 'Sts',
};

/** The same in optimized integrations, which use version 1 of that SDK, with the name of its base exception. */
const OPTIMIZED_NAMES: Readonly<Record<string, { prefix: string; base: string; service: string }>> = {
  codebuild: { prefix: 'CodeBuild', base: 'AWSCodeBuildException', service: 'AWSCodeBuild' },
  events: { prefix: 'EventBridge', base: 'AmazonEventBridgeException', service: 'AmazonEventBridge' },
  lambda: { prefix: 'Lambda', base: 'AWSLambdaException', service: 'AWSLambda' },
  sagemaker: { prefix: 'SageMaker', base: 'AmazonSageMakerException', service: 'AmazonSageMaker' },
  sns: { prefix: 'SNS', base: 'AmazonSNSException', service: 'AmazonSNS' },
  states: { prefix: 'StepFunctions', base: 'AWSStepFunctionsException', service: 'AWSStepFunctions' },
};

/**
 * The error of a task whose call failed: `<Service>.<Exception>`, where an error that the service's model does not
 * list has the name of the SDK's base exception, e.g. `SageMaker.SageMakerException` for a ValidationException.
 */
export function sdkTaskError(service: ServiceId, error: ServiceError, requestId: string): StatesError {
  const prefix = SDK_NAMES[service] ?? service;
  const name = modeled(service, error.code) ?? `${prefix}Exception`;
  const cause = `${error.message} (Service: ${prefix}, Status Code: ${error.status ?? 400}, Request ID: ${requestId})`;
  return new StatesError(`${prefix}.${name}`, cause);
}

/** The same of an optimized integration, e.g. `SageMaker.AmazonSageMakerException`. */
export function optimizedTaskError(
  integration: string,
  service: ServiceId,
  error: ServiceError,
  requestId: string,
): StatesError {
  const { prefix, base, service: label } = OPTIMIZED_NAMES[integration]!;
  const name = modeled(service, error.code) ?? base;
  const cause = `${error.message} (Service: ${label}; Status Code: ${error.status ?? 400}; Error Code: ${error.code}; Request ID: ${requestId}; Proxy: null)`;
  return new StatesError(`${prefix}.${name}`, cause);
}

/** The exception's class name, if the service's model lists the error. */
function modeled(service: ServiceId, code: string): string | undefined {
  if (!serviceModel(service).errors.has(code)) return undefined;
  return code.endsWith('Exception') ? code : `${code}Exception`;
}
