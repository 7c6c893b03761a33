import { isService } from '../iam';
import type { Cloud } from '../core/cloud';
import { Roles } from './roles';

/**
 * Service principals whose first label is not a service prefix of the Service Authorization Reference ("AWS service
 * principals" in the services' documentation).
 */
const OTHER_SERVICES = [
  ...['airflow-env', 'billingconsole', 'delivery', 'ec2fleet', 'ecs-tasks', 'edgelambda', 'eks-fargate-pods'],
  ...[
    'eks-nodegroup',
    'logdelivery',
    'logger',
    'mediastore',
    'monitoring',
    'opensearchservice',
    'opsworks-cm',
  ],
  ...['spot', 'spotfleet', 'transitgateway', 'vpc-flow-logs'],
];

/**
 * Returns the first principal of a policy document that does not exist: a role or user that this account does not have,
 * or an unknown service. Identities of other accounts cannot be checked; they count as existing.
 *
 * @returns as IAM's message writes it: `"AWS":"arn:…"` or `"SERVICE":"x.amazonaws.com"`
 */
export function missingPrincipal(cloud: Cloud, document: object): string | undefined {
  const statements = [(document as { Statement?: unknown }).Statement ?? []].flat() as {
    Principal?: '*' | { AWS?: string | string[]; Service?: string | string[] };
  }[];
  for (const { Principal } of statements) {
    if (Principal === undefined || Principal === '*') continue;
    for (const value of [Principal.AWS ?? []].flat()) if (!exists(cloud, value)) return `"AWS":"${value}"`;
    for (const value of [Principal.Service ?? []].flat())
      if (!isKnownService(value)) return `"SERVICE":"${value}"`;
  }
  return undefined;
}

function exists(cloud: Cloud, principal: string): boolean {
  const [, account, kind] = /^arn:aws[a-z-]*:iam::(\d{12}):(role|user)\//.exec(principal) ?? [];
  if (account !== cloud.account) return true;
  if (kind === 'user') return principal === cloud.principals.operator.arn;
  return new Roles(cloud).findByArn(principal) !== undefined;
}

/**
 * Returns true if one label of the principal is a service: `logs.us-east-1.amazonaws.com`,
 * `sagemaker.application-autoscaling.amazonaws.com`.
 */
function isKnownService(principal: string): boolean {
  const labels = principal.replace(/\.amazonaws\.com(\.cn)?$/, '').split('.');
  return labels.some((label) => OTHER_SERVICES.includes(label) || isService(label));
}
