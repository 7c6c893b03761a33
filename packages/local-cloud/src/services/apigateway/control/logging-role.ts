import type { Cloud } from '../../../core/cloud';
import { ServiceError } from '../../../model/errors';
import type { Principal } from '../../../core/principals';
import { badRequest } from './requests';

/** Returns a session of the account's role for logs; undefined if it does not trust API Gateway. */
export function assumeLoggingRole(cloud: Cloud, roleArn: string): Principal | undefined {
  try {
    return cloud.assumeRole('apigateway.amazonaws.com', roleArn, 'BackplaneAssumeRoleSession');
  } catch (error) {
    if (error instanceof ServiceError) return undefined;
    throw error;
  }
}

const LOG_ACTIONS = [
  'CreateLogGroup',
  'CreateLogStream',
  'DescribeLogGroups',
  'DescribeLogStreams',
  'PutLogEvents',
];

/**
 * Throws UpdateAccount's error for a role that does not trust API Gateway or may not write every log group (Developer
 * Guide, "Permissions for CloudWatch logging").
 */
export function assertMayLog(cloud: Cloud, roleArn: string): void {
  const principal = assumeLoggingRole(cloud, roleArn);
  try {
    if (!principal) throw new ServiceError('AccessDenied', 'not trusted');
    for (const action of LOG_ACTIONS) {
      const resources = [cloud.arn('logs', 'log-group:*')];
      cloud.authorize({ principal }, { action: `logs:${action}`, resources });
    }
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw badRequest(
      'The role ARN does not have required permissions configured. Please grant trust permission for API Gateway and add the required role policy.',
    );
  }
}
