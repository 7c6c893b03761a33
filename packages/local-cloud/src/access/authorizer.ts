import type { AuthorizationRequest, Authorize, Cloud } from '../core/cloud';
import { evaluate, type AccessRequest, type Policy } from '../iam';
import { globalKeys } from './conditions';
import { denied } from './denial';
import { ManagedPolicies } from './managed-policies';
import { policyOf } from './policy-documents';
import { Roles } from './roles';

/** The operator is an administrator: only a Deny of a resource policy restricts the operator. */
const OPERATOR_POLICY = 'arn:aws:iam::aws:policy/AdministratorAccess';

/**
 * Returns the function that authorizes every call by the policies of this cloud: those attached to the caller's role,
 * its permissions boundary, and those attached to the resource.
 */
export function policyAuthorizer(cloud: Cloud): Authorize {
  const roles = new Roles(cloud);
  const managedPolicies = new ManagedPolicies(cloud);
  return (request) => {
    const context = { ...globalKeys(cloud, request), ...request.context };
    const identity = identityPolicies(request);
    const boundary = boundaryOf(request);
    for (const resource of request.resources) {
      const { action } = request;
      const resourceAccount = resource.split(':')[4] || cloud.account;
      const accessRequest: AccessRequest = {
        principal: requestPrincipal(request),
        action,
        resource,
        resourceAccount,
        context: {
          'aws:ResourceAccount': resourceAccount,
          's3:ResourceAccount': resourceAccount,
          ...context,
        },
      };
      const decision = evaluate(accessRequest, {
        identity,
        boundary,
        ...resourcePolicyFor(action, resource),
      });
      if (!decision.allowed) throw denied(request.service, accessRequest, decision);
    }
  };

  function identityPolicies({ principal }: AuthorizationRequest): Policy[] {
    if (principal.kind === 'operator') return [managed(OPERATOR_POLICY)];
    const role = roleOf(principal);
    if (!role) return [];
    return [
      ...role.managedPolicyArns.map(managed),
      ...Object.entries(role.policies).map(([name, document]) => policyOf(name, document, 'identity')),
    ];
  }

  function boundaryOf({ principal }: AuthorizationRequest): Policy | undefined {
    const arn = roleOf(principal)?.permissionsBoundary;
    return arn === undefined ? undefined : managed(arn);
  }

  function roleOf({ roleArn }: AuthorizationRequest['principal']) {
    return roleArn === undefined ? undefined : roles.findByArn(roleArn);
  }

  function managed(arn: string): Policy {
    const document = managedPolicies.find(arn);
    if (!document) throw new Error(`The local cloud does not know the managed policy ${arn}.`);
    return policyOf(arn, document, 'identity');
  }

  /**
   * Returns the resource's policy. KMS keys and roles must allow the action themselves; elsewhere an identity policy of
   * the account is enough.
   */
  function resourcePolicyFor(action: string, resource: string) {
    if (action === 'sts:AssumeRole') {
      const trust = roles.findByArn(resource)?.trustPolicy;
      return { resource: trust && policyOf('trust policy', trust, 'trust'), resourceMustAllow: true };
    }
    const document = cloud.services.policyOf(resource) as object | undefined;
    return {
      resource: document && policyOf(`policy of ${resource}`, document, 'resource'),
      resourceMustAllow: resource.startsWith('arn:aws:kms:') && document !== undefined,
    };
  }
}

function requestPrincipal({ principal }: AuthorizationRequest): AccessRequest['principal'] {
  const { kind, arn, account, roleArn } = principal;
  return { kind: kind === 'operator' ? 'user' : kind, arn, account, ...(roleArn && { roleArn }) };
}
