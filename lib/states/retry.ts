import { Duration } from 'aws-cdk-lib';
import { JitterType, type RetryProps } from 'aws-cdk-lib/aws-stepfunctions';
import { ErrorName } from '../contract/errors';

/** Waits of a call that is tried again: 2 + 4 + 8 + 16 s, 30 s in all, jittered so that branches do not retry at once. */
const BACKOFF = {
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxAttempts: 4,
  jitterStrategy: JitterType.FULL,
} satisfies Partial<RetryProps>;

/**
 * Error names of throttling and of failures inside of a service, by the service in a task's action. Step Functions has
 * the name of the SDK's base exception for errors that a service's model does not list: besides throttling these are
 * denials and malformed requests, which cost these seconds too.
 */
const TRANSIENT: Readonly<Record<string, readonly string[]>> = {
  'aws-sdk:applicationautoscaling': [
    'ApplicationAutoScaling.ApplicationAutoScalingException',
    'ApplicationAutoScaling.InternalServiceException',
    'ApplicationAutoScaling.SdkClientException',
  ],
  'aws-sdk:cloudwatch': [
    'CloudWatch.CloudWatchException',
    'CloudWatch.InternalServiceFaultException',
    'CloudWatch.SdkClientException',
  ],
  'aws-sdk:cloudwatchlogs': [
    'CloudWatchLogs.CloudWatchLogsException',
    'CloudWatchLogs.ServiceUnavailableException',
    'CloudWatchLogs.ThrottlingException',
    'CloudWatchLogs.SdkClientException',
  ],
  'aws-sdk:ecr': ['Ecr.EcrException', 'Ecr.ServerException', 'Ecr.SdkClientException'],
  'aws-sdk:fsx': ['FSx.FSxException', 'FSx.InternalServerErrorException', 'FSx.SdkClientException'],
  'aws-sdk:s3': ['S3.S3Exception', 'S3.SdkClientException'],
  'aws-sdk:sagemaker': ['SageMaker.SageMakerException', 'SageMaker.SdkClientException'],
  codebuild: ['CodeBuild.AWSCodeBuildException', 'CodeBuild.SdkClientException'],
  sagemaker: ['SageMaker.AmazonSageMakerException', 'SageMaker.SdkClientException'],
};

/**
 * Returns the retries of a task for causes that pass: throttling, failures inside of the service, lost answers. A call
 * that had an effect the first time must not have a second one: names are used once, a token makes the others
 * idempotent. A call that returns at once is also made again if no answer came in time; a job's time is its own.
 *
 * @param action such as `aws-sdk:ecr:batchGetImage`
 * @throws Error for a service that is not in the table
 */
export function transientRetry(action: string): RetryProps {
  if (action.startsWith('lambda:')) return functionRetry;
  const service = action.split(':').slice(0, -1).join(':');
  const errors = TRANSIENT[service];
  if (!errors)
    throw new Error(`${action}: its transient errors are not known; add ${service} to TRANSIENT in retry.ts`);
  return { ...BACKOFF, errors: [...errors, ...(action.endsWith('.sync') ? [] : ['States.Timeout'])] };
}

/** Returns the retries of a call whose answer is lost, without those of a refusal: {@link FindingTask} has its own. */
export function noAnswerRetry(action: string): RetryProps {
  const retry = transientRetry(action);
  return {
    ...retry,
    errors: retry.errors!.filter((name) => /SdkClientException$|^States\.Timeout$/.test(name)),
  };
}

/**
 * No instance of the type is available, or the account's limit is reached: 1 + 2 + 4 + 8 + 10 + 10 min, 35 min in all.
 * Another run's job may end meanwhile.
 */
export const capacityRetry: RetryProps = {
  errors: ['SageMaker.ResourceLimitExceededException'],
  interval: Duration.minutes(1),
  backoffRate: 2,
  maxAttempts: 6,
  maxDelay: Duration.minutes(10),
};

/** As many builds run as the account may have at once ("Quotas for AWS CodeBuild"): 1 + 2 + 4 + 8 + 10 + 10 min. */
export const buildQuotaRetry: RetryProps = {
  ...capacityRetry,
  errors: ['CodeBuild.AccountLimitExceededException'],
};

/** FSx works on one task of a file system at a time, of this run or of another: every 30 s for half an hour. */
export const fileSystemRetry: RetryProps = {
  errors: ['FSx.DataRepositoryTaskExecutingException'],
  interval: Duration.seconds(30),
  backoffRate: 1,
  maxAttempts: 60,
};

/**
 * Lambda could not run the function, for a transient cause ("Best practices for Step Functions", transient Lambda
 * exceptions): 2 + 4 + 8 + 16 + 32 + 64 s, 126 s in all. An error that a function throws itself has another name.
 */
export const functionRetry: RetryProps = {
  errors: [
    'Lambda.ClientExecutionTimeoutException',
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.TooManyRequestsException',
  ],
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxAttempts: 6,
  jitterStrategy: JitterType.FULL,
};

/**
 * An endpoint in service may not answer at once: serverless cold starts, a model server that loads after its first ping,
 * a fleet that is being replaced. 10 + 15 + 23 + 34 + 51 + 60 + 60 s, 4 min in all, before a deployment is undone.
 */
export const endpointReadyRetry: RetryProps = {
  errors: [ErrorName.EndpointNotReady],
  interval: Duration.seconds(10),
  backoffRate: 1.5,
  maxAttempts: 7,
  maxDelay: Duration.minutes(1),
};

/** The endpoint is being started or stopped for its working hours, 15 min at most: 40 × 30 s, 20 min in all. */
export const endpointLockRetry: RetryProps = {
  errors: [ErrorName.EndpointChanging],
  interval: Duration.seconds(30),
  backoffRate: 1,
  maxAttempts: 40,
};
