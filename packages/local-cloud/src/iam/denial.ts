import type { AccessRequest, Decision } from './types';

const NAMES: Readonly<Record<Decision['kind'], { none: string; denying: string }>> = {
  identity: { none: 'no identity-based policy', denying: 'an identity-based policy' },
  boundary: { none: 'no permissions boundary', denying: 'a permissions boundary' },
  resource: { none: 'no resource-based policy', denying: 'a resource-based policy' },
  trust: { none: 'no role trust policy', denying: 'the role trust policy' },
};

/**
 * Returns AWS's message for a denied principal. Throws a TypeError for a decision that allows.
 * Source: "Troubleshoot access denied error messages" in the IAM User Guide.
 */
export function denialMessage(request: AccessRequest, decision: Decision): string {
  if (decision.allowed) throw new TypeError(`${request.action} is allowed: there is no denial to describe.`);
  const { none, denying } = NAMES[decision.kind];
  const why =
    decision.reason === 'explicitDeny'
      ? `with an explicit deny in ${denying}`
      : `because ${none} allows the ${request.action} action`;
  return `User: ${request.principal.arn} is not authorized to perform: ${request.action} on resource: ${request.resource} ${why}`;
}
