import { Roles } from '../../src/access/roles';
import type { Cloud } from '../../src/core/cloud';

interface RoleFacts {
  /** The services that the role trusts. */
  services?: readonly string[];
  /** The statements of its one policy. */
  statements?: readonly object[];
  managedPolicyArns?: string[];
  /** A trust policy that replaces the one for the services. */
  trustPolicy?: object;
}

/** Puts a role into the cloud's IAM. */
export function putRole(cloud: Cloud, arn: string, facts: RoleFacts): void {
  const { services = [], statements = [], managedPolicyArns = [] } = facts;
  const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: [...services] } };
  new Roles(cloud).put(arn.slice(arn.lastIndexOf('/') + 1), {
    arn,
    trustPolicy: facts.trustPolicy ?? { Version: '2012-10-17', Statement: [trust] },
    managedPolicyArns,
    policies:
      statements.length === 0 ? {} : { inline: { Version: '2012-10-17', Statement: [...statements] } },
  });
}
