import type { Cloud } from '../../src/core/cloud';
import { putRole } from './roles';

export const ACCOUNT = '123456789012';
export const ROOT = { AWS: `arn:aws:iam::${ACCOUNT}:root` };

export const roleArn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;

export const allow = (Action: string | string[], Resource: string | string[], more: object = {}) => ({
  ...{ Effect: 'Allow', Action, Resource },
  ...more,
});

/** Returns credentials of a new role with these statements. */
export function credentialsWith(cloud: Cloud, name: string, statements: readonly object[]) {
  const arn = roleArn(name);
  putRole(cloud, arn, { services: ['ec2.amazonaws.com'], statements });
  return cloud.principals.credentialsFor(arn, 'session');
}
