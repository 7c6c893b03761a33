import { ServiceError } from '../model/errors';
import type { ServiceModel } from '../model/service-model';

type Form = readonly [code: string, status: number, message?: string];

const RATE = 'Rate exceeded';

/**
 * The codes of throttling, where they are not `ThrottlingException` with 400, the code of "Common errors" in the services'
 * API references. S3: "Error responses"; Lambda, API Gateway and Service Quotas: `TooManyRequestsException` of their
 * models; EC2: "Error codes for the Amazon EC2 API".
 */
const THROTTLING: Readonly<Record<string, Form>> = {
  apigateway: ['TooManyRequestsException', 429, 'Too Many Requests'],
  cloudformation: ['Throttling', 400, RATE],
  cloudwatch: ['Throttling', 400, RATE],
  ec2: ['RequestLimitExceeded', 503, 'Request limit exceeded.'],
  lambda: ['TooManyRequestsException', 429, 'Rate Exceeded.'],
  s3: ['SlowDown', 503, 'Please reduce your request rate.'],
  scheduler: ['ThrottlingException', 429, RATE],
  servicequotas: ['TooManyRequestsException', 429, RATE],
  sns: ['Throttled', 429, RATE],
  sts: ['Throttling', 400, RATE],
};

/** The codes of a failure inside the service, where they are not `InternalFailure` with 500. */
const INTERNAL: Readonly<Record<string, Form>> = {
  apigateway: ['ServiceUnavailableException', 503],
  applicationautoscaling: ['InternalServiceException', 500],
  cloudwatch: ['InternalServiceError', 500],
  cloudwatchlogs: ['ServiceUnavailableException', 500],
  ec2: ['InternalError', 500],
  ecr: ['ServerException', 500],
  eventbridge: ['InternalException', 500],
  fsx: ['InternalServerError', 500],
  kms: ['KMSInternalException', 500],
  lambda: ['ServiceException', 500],
  s3: ['InternalError', 500, 'We encountered an internal error. Please try again.'],
  scheduler: ['InternalServerException', 500],
  servicequotas: ['ServiceException', 500],
  sns: ['InternalError', 500],
  ssm: ['InternalServerError', 500],
};

/** The codes of an exhausted quota, of the services that start something on an instance or an environment. */
const CAPACITY: Readonly<Record<string, Form>> = {
  codebuild: [
    'AccountLimitExceededException',
    400,
    'Cannot have more than 0 builds in queue for the account',
  ],
  lambda: ['TooManyRequestsException', 429, 'Rate Exceeded.'],
  sagemaker: [
    'ResourceLimitExceeded',
    400,
    'The account-level service limit for this resource is 0 Instances, with current utilization of 0 Instances and a request delta of 1 Instances. Please use AWS Service Quotas to request an increase for this quota.',
  ],
};

/** The services whose calls can fail for lack of capacity. */
export const CAPACITY_SERVICES = Object.keys(CAPACITY);

/** Returns a service's error for one of the named faults. */
export function serviceFault(
  kind: 'throttling' | 'internalError' | 'capacity',
  { id }: Pick<ServiceModel, 'id'>,
): ServiceError {
  const [code, status, message] = {
    throttling: THROTTLING[id] ?? (['ThrottlingException', 400, RATE] as const),
    internalError: INTERNAL[id] ?? (['InternalFailure', 500] as const),
    capacity: CAPACITY[id]!,
  }[kind];
  return new ServiceError(code, message ?? 'We encountered an internal error. Please try again.', { status });
}
