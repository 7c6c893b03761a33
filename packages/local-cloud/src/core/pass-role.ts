import type { Permission } from './service';

/** Returns the permission to pass a role to a service, such as `lambda.amazonaws.com`. */
export function passTo(roleArn: string, service: string): Permission {
  return { action: 'iam:PassRole', resources: [roleArn], context: { 'iam:PassedToService': service } };
}
