import type { ServiceId } from '../../model/catalog';
import type { NoAnswer } from '../../faults/no-answer';
import { ServiceError } from '../../model/errors';
import type { ServiceModel } from '../../model/service-model';
import { StatesError } from '../../states';

/** Names of services in the error names of `aws-sdk:` tasks: those of the AWS SDK for Java 2.x. */
const SDK_NAMES: Readonly<Record<ServiceId, string>> = {
  apigateway: 'ApiGateway',
  applicationautoscaling: 'ApplicationAutoScaling',
  cloudformation: 'CloudFormation',
  cloudwatch: 'CloudWatch',
  cloudwatchlogs: 'CloudWatchLogs',
  codebuild: 'CodeBuild',
  ec2: 'Ec2',
  ecr: 'Ecr',
  eventbridge: 'EventBridge',
  fsx: 'FSx',
  kms: 'Kms',
  lambda: 'Lambda',
  s3: 'S3',
  sagemaker: 'SageMaker',
  sagemakerruntime: 'SageMakerRuntime',
  scheduler: 'Scheduler',
  servicequotas: 'ServiceQuotas',
  sfn: 'Sfn',
  sns: 'Sns',
  ssm: 'Ssm',
  sts: 'Sts',
};

/** The names in optimized integrations, which use version 1 of that SDK, with the name of its base exception. */
const OPTIMIZED_NAMES: Readonly<Record<string, { prefix: string; base: string; service: string }>> = {
  codebuild: { prefix: 'CodeBuild', base: 'AWSCodeBuildException', service: 'AWSCodeBuild' },
  events: { prefix: 'EventBridge', base: 'AmazonEventBridgeException', service: 'AmazonEventBridge' },
  lambda: { prefix: 'Lambda', base: 'AWSLambdaException', service: 'AWSLambda' },
  sagemaker: { prefix: 'SageMaker', base: 'AmazonSageMakerException', service: 'AmazonSageMaker' },
  sns: { prefix: 'SNS', base: 'AmazonSNSException', service: 'AmazonSNS' },
  states: { prefix: 'StepFunctions', base: 'AWSStepFunctionsException', service: 'AWSStepFunctions' },
};

/**
 * Returns the error of a task whose call failed: `<Service>.<Exception>`. An error that the service's model does not
 * list has the name of the SDK's base exception, e.g. `SageMaker.SageMakerException` for a ValidationException.
 */
export function sdkTaskError(
  model: ServiceModel,
  error: ServiceError | NoAnswer,
  requestId: string,
): StatesError {
  const prefix = SDK_NAMES[model.id];
  if (!(error instanceof ServiceError)) return clientError(prefix, error);
  const { name, status } = exception(model, error);
  return new StatesError(
    `${prefix}.${name ?? `${prefix}Exception`}`,
    `${error.message} (Service: ${prefix}, Status Code: ${status}, Request ID: ${requestId})`,
  );
}

/** Returns the error of an optimized integration, e.g. `SageMaker.AmazonSageMakerException`. */
export function optimizedTaskError(
  integration: string,
  model: ServiceModel,
  error: ServiceError | NoAnswer,
  requestId: string,
): StatesError {
  const { prefix, base, service: label } = OPTIMIZED_NAMES[integration]!;
  if (!(error instanceof ServiceError)) return clientError(prefix, error);
  const { name, status } = exception(model, error);
  return new StatesError(
    `${prefix}.${name ?? base}`,
    `${error.message} (Service: ${label}; Status Code: ${status}; Error Code: ${error.code}; Request ID: ${requestId}; Proxy: null)`,
  );
}

/** Without an answer, the error is that of the SDK's client; its words are not documented. */
function clientError(prefix: string, { message }: NoAnswer): StatesError {
  return new StatesError(`${prefix}.SdkClientException`, `Unable to execute HTTP request: ${message}`);
}

/** Returns the exception's class name, if the service's model lists the error by its name or by its awsQuery code. */
function exception(model: ServiceModel, error: ServiceError): { name?: string; status: number } {
  const all = [...model.errors];
  // Two errors may have one awsQuery code: CloudWatch's ResourceNotFound and DashboardNotFoundError.
  const found =
    all.find(([name]) => name === error.code) ?? all.find(([, { queryCode }]) => queryCode === error.code);
  const status = error.status ?? found?.[1].status ?? (error.fault === 'server' ? 500 : 400);
  if (!found) return { status };
  return { name: found[0].endsWith('Exception') ? found[0] : `${found[0]}Exception`, status };
}
