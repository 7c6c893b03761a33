import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';

/** The service's errors for refused requests. */
export function validationError(message: string): ServiceError {
  return new ServiceError('ValidationError', message, { status: 400 });
}

/** Returns the caller's error for a container's response with status 4xx or 5xx, or for a missing one (status 0). */
export function modelError(
  cloud: Cloud,
  endpointName: string,
  variant: string,
  status: number,
  message: string,
): ServiceError {
  const group = `/aws/sagemaker/Endpoints/${endpointName}`;
  const fault = status >= 400 && status < 500 ? 'client' : 'server';
  return new ServiceError(
    'ModelError',
    `Received ${fault} error (${status}) from primary with message "${message}". See https://${cloud.region}.console.aws.amazon.com/cloudwatch/home?region=${cloud.region}#logEventViewer:group=${group} in account ${cloud.account} for more information.`,
    {
      status: 424,
      recorded: `Received ${fault} error (${status}) from primary`,
      members: {
        OriginalStatusCode: status,
        OriginalMessage: message,
        LogStreamArn: cloud.arn('logs', `log-group:${group}:log-stream:${variant}`),
      },
    },
  );
}
