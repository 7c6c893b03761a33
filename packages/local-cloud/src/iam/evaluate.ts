import type { Policy } from './policy';
import type { PreparedRequest, Statement } from './statement';
import type { AccessRequest, Decision, StatementReference } from './types';

export interface ApplicablePolicies {
  /** The policies of the user, or of the session's role. Not used for services and unsigned requests. */
  identity: readonly Policy[];
  /**
   * The permissions boundary of the user or role. Not used for services and unsigned requests.
   *
   * @default no limit
   */
  boundary?: Policy;
  /** The policy of the resource, or the trust policy of the role that is assumed. */
  resource?: Policy;
  /**
   * True for KMS keys and for roles that are assumed: an identity's policies grant nothing unless the resource's policy
   * names the principal or its account.
   *
   * @default false
   */
  resourceMustAllow?: boolean;
}

/**
 * Decides as AWS does. A matching Deny always wins. Within an account, an Allow of the identity's or the resource's
 * policy is enough; across accounts both must allow. A resource's policy that names the principal (or everyone) is
 * enough; one that names only the principal's account leaves the decision to the identity's policies. For services and
 * unsigned requests, only the resource's policy counts.
 *
 * A permissions boundary grants nothing, and must allow too; but a resource's policy that names a user, a session or
 * everyone is enough without the boundary's Allow.
 *
 * Session policies and organizations' policies are not supported.
 * Source: "Permissions boundaries for IAM entities", "How AWS enforcement code logic evaluates requests to allow or deny
 * access", "Cross-account policy evaluation logic" in the IAM User Guide, "Default key policy" in the KMS Developer
 * Guide.
 */
export function evaluate(request: AccessRequest, policies: ApplicablePolicies): Decision {
  const { principal, resourceAccount = principal.account } = request;
  const hasNoPolicies = principal.kind === 'service' || principal.kind === 'anonymous';
  const found = collect(
    prepare(request),
    hasNoPolicies ? { identity: [], resource: policies.resource } : policies,
  );
  const resourceKind = policies.resource?.kind ?? 'resource';

  if (found.deny) {
    return decide(found, 'explicitDeny', found.deny.kind, found.deny);
  }
  const otherAccount = !hasNoPolicies && resourceAccount !== principal.account;
  const needsResource = otherAccount || hasNoPolicies || (policies.resourceMustAllow ?? false);
  // Without the boundary's Allow, a resource's policy that names the role is not enough.
  const isBounded = !hasNoPolicies && policies.boundary !== undefined && !found.byBoundary;
  const isEnough = needsResource || isBounded || !found.byIdentity;
  if (found.byResource && !otherAccount && isEnough && (!isBounded || found.isDirect)) {
    return decide(found, 'resource', resourceKind, found.byResource);
  }
  const resourceAgrees = !needsResource || found.byResource !== undefined || found.delegated;
  if (isBounded && resourceAgrees && (found.byIdentity ?? found.byResource)) {
    return decide(found, 'implicitDeny', 'boundary');
  }
  if (found.byIdentity && resourceAgrees) return decide(found, 'identity', 'identity', found.byIdentity);
  return decide(found, 'implicitDeny', resourceAgrees ? 'identity' : resourceKind);
}

interface Match {
  policy: Policy;
  kind: Decision['kind'];
  statement: Statement;
}

/** The first matching statement of each kind, and all matching Allow statements. */
interface Found {
  deny?: Match;
  byIdentity?: Match;
  byBoundary?: Match;
  byResource?: Match;
  /** True if the resource's policy allows the principal itself, and not only its role. */
  isDirect: boolean;
  /** True if the resource's policy allows the principal's account. */
  delegated: boolean;
  matching: StatementReference[];
}

function collect(request: PreparedRequest, { identity, boundary, resource }: ApplicablePolicies): Found {
  const found: Found = { isDirect: false, delegated: false, matching: [] };
  const policies: [Policy, Decision['kind']][] = [
    ...identity.map((policy): [Policy, Decision['kind']] => [policy, policy.kind]),
    ...(boundary ? [[boundary, 'boundary'] satisfies [Policy, Decision['kind']]] : []),
    ...(resource ? [[resource, resource.kind] satisfies [Policy, Decision['kind']]] : []),
  ];
  for (const [policy, kind] of policies) {
    for (const statement of policy.statements) {
      const reach = statement.applies(request);
      if (!reach) continue;
      const match = { policy, kind, statement };
      if (statement.effect === 'Deny') {
        found.deny ??= match;
        continue;
      }
      if (kind === 'boundary') {
        found.byBoundary ??= match;
        continue;
      }
      found.matching.push(reference(match));
      if (policy !== resource) found.byIdentity ??= match;
      else if (reach === 'account') found.delegated = true;
      else {
        found.byResource ??= match;
        found.isDirect ||= reach === 'itself';
      }
    }
  }
  return found;
}

function prepare(request: AccessRequest): PreparedRequest {
  const keys = new Map<string, readonly string[]>();
  for (const [key, value] of Object.entries(request.context)) {
    const values = typeof value === 'string' ? [value] : value;
    if (values.length > 0) keys.set(key.toLowerCase(), values);
  }
  const { resource, principal } = request;
  return { action: request.action.toLowerCase(), resource, keys, principal };
}

function decide(found: Found, reason: Decision['reason'], kind: Decision['kind'], by?: Match): Decision {
  return {
    allowed: reason === 'identity' || reason === 'resource',
    reason,
    kind,
    ...(by && { by: reference(by) }),
    matching: found.matching,
  };
}

function reference({ policy, statement }: Match): StatementReference {
  const { index, sid } = statement;
  return { policy: policy.name, index, ...(sid !== undefined && { sid }) };
}
