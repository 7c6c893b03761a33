import type { StoredRole } from '../../access/roles';
import { ServiceError } from '../../model/errors';

/** IAM's quotas for a role ("IAM and AWS STS quotas") in characters; white space does not count. */
const INLINE_POLICIES = 10_240;
const TRUST_POLICY = 2_048;
const MANAGED_POLICIES = 10;

/**
 * Checks a role's quotas. Code and message of the inline policies:
 * https://github.com/serverless/serverless/issues/7643. The messages of the other two are made from the quotas' names.
 *
 * @throws ServiceError LimitExceeded
 */
export function withinQuotas(role: StoredRole): StoredRole {
  const inline = Object.values(role.policies).reduce((sum, document) => sum + sizeOf(document), 0);
  if (inline > INLINE_POLICIES) {
    const name = role.arn.slice(role.arn.lastIndexOf('/') + 1);
    throw exceeded(`Maximum policy size of ${INLINE_POLICIES} bytes exceeded for role ${name}`);
  }
  if (sizeOf(role.trustPolicy) > TRUST_POLICY)
    throw exceeded(`Cannot exceed quota for ACLSizePerRole: ${TRUST_POLICY}`);
  if (role.managedPolicyArns.length > MANAGED_POLICIES)
    throw exceeded(`Cannot exceed quota for PoliciesPerRole: ${MANAGED_POLICIES}`);
  return role;
}

function sizeOf(document: object): number {
  // Blanks within the strings of a policy count; JSON.stringify adds none outside of them.
  return JSON.stringify(document).length;
}

function exceeded(message: string): ServiceError {
  return new ServiceError('LimitExceeded', message, { status: 409 });
}
