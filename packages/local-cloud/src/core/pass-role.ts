import type { Permission } from './service';

/** What a caller needs to give a role to a service, such as `lambda.amazonaws.com`. */
export function passTo(roleArn: string, service: string): Permission {
  return { action: 'iam:PassRole', resources: [roleArn], context: { 'iam:PassedToService': service } };
}
