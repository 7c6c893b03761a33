import { ManagedPolicies, type StoredPolicy } from '../../access/managed-policies';
import { parsePolicy } from '../../access/policy-documents';
import { Roles } from '../../access/roles';
import {
  generatedName,
  type Properties,
  type ResourceContext,
  type ResourceType,
} from '../../core/resource-type';
import { ServiceError } from '../../model/errors';

/** IAM's quota for a managed policy ("IAM and AWS STS quotas") in characters; white space does not count. */
const MAX_CHARACTERS = 6_144;

/** A managed policy of the account, which roles attach or have as their permissions boundary. */
export const managedPolicyType: ResourceType = {
  properties: ['Description', 'ManagedPolicyName', 'Path', 'PolicyDocument'],
  async create(properties, context) {
    const { cloud, caller } = context;
    const { Path = '/', ManagedPolicyName = generatedName(context, 128) } = properties;
    const arn = `arn:aws:iam::${cloud.account}:policy${String(Path)}${String(ManagedPolicyName)}`;
    cloud.authorize(caller, { action: 'iam:CreatePolicy', resources: [arn] });
    const policies = new ManagedPolicies(cloud);
    if (policies.find(arn)) {
      const message = `A policy called ${String(ManagedPolicyName)} already exists. Duplicate names are not allowed.`;
      throw new ServiceError('EntityAlreadyExists', message, { status: 409 });
    }
    policies.put(arn, policyOf(properties, context));
    return { physicalId: arn, attributes: { PolicyArn: arn } };
  },
  async update(properties, context, before) {
    const { cloud, caller } = context;
    cloud.authorize(caller, { action: 'iam:CreatePolicyVersion', resources: [before.physicalId] });
    new ManagedPolicies(cloud).put(before.physicalId, policyOf(properties, context));
    return before;
  },
  async delete({ physicalId }, { cloud, caller }) {
    cloud.authorize(caller, { action: 'iam:DeletePolicy', resources: [physicalId] });
    const roles = new Roles(cloud);
    const user = roles.names().find((name) => {
      const { managedPolicyArns, permissionsBoundary } = roles.find(name)!;
      return permissionsBoundary === physicalId || managedPolicyArns.includes(physicalId);
    });
    if (user !== undefined) {
      const message = 'Cannot delete a policy attached to entities.';
      throw new ServiceError('DeleteConflict', message, { status: 409 });
    }
    new ManagedPolicies(cloud).delete(physicalId);
  },
};

function policyOf(
  { PolicyDocument, Description }: Properties,
  { cloud, logicalId }: ResourceContext,
): StoredPolicy {
  const check = { name: `policy ${logicalId}`, kind: 'identity', code: 'MalformedPolicyDocument' } as const;
  const document = parsePolicy(cloud, check, PolicyDocument);
  if (JSON.stringify(document).length > MAX_CHARACTERS) {
    const message = `Cannot exceed quota for PolicySize: ${MAX_CHARACTERS}`;
    throw new ServiceError('LimitExceeded', message, { status: 409 });
  }
  return { document, ...(Description !== undefined && { description: Description as string }) };
}
