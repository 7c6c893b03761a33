import { Duration } from 'aws-cdk-lib';
import { JitterType, type RetryProps } from 'aws-cdk-lib/aws-stepfunctions';
import { ErrorName } from '../contract/errors';

/**
 * Throttling and similar errors at the start of a job: 2 + 4 + 8 + 16 s, 30 s in all, jittered so that the branches of
 * a Map do not retry at once.
 *
 * SageMaker's optimized integration reports a malformed request under the same name; that costs these seconds.
 */
export const startRetry: RetryProps = {
  errors: ['SageMaker.AmazonSageMakerException'],
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxAttempts: 4,
  jitterStrategy: JitterType.FULL,
};

/** The same for a call of SageMaker that is no job, whose integration names errors as the SDK does. */
export const callRetry: RetryProps = { ...startRetry, errors: ['SageMaker.SageMakerException'] };

/** The same for CodeBuild. */
export const buildRetry: RetryProps = { ...startRetry, errors: ['CodeBuild.AWSCodeBuildException'] };

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

/** FSx works on one task of a file system at a time, of this run or of another: every 30 s for half an hour. */
export const fileSystemRetry: RetryProps = {
  errors: ['FSx.DataRepositoryTaskExecutingException'],
  interval: Duration.seconds(30),
  backoffRate: 1,
  maxAttempts: 60,
};

/** Throttling of FSx, which has no error name for it: as {@link startRetry}. */
export const fileSystemCallRetry: RetryProps = {
  ...startRetry,
  errors: ['FSx.FSxException', 'FSx.InternalServerErrorException'],
};

/** An endpoint may not see a configuration that was created a moment ago: 2 + 4 + 8 s. */
export const visibilityRetry: RetryProps = {
  errors: ['SageMaker.SageMakerException'],
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxAttempts: 3,
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
