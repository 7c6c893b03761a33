import { randomBytes } from 'node:crypto';
import { parsePolicy } from '../../access/policy-documents';
import { ManagedPolicies } from '../../access/managed-policies';
import { Roles, type StoredRole } from '../../access/roles';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import {
  generatedName,
  type Properties,
  type ResourceContext,
  type ResourceType,
} from '../../core/resource-type';
import { managedPolicyType } from './managed-policy';
import { withinQuotas } from './quotas';

/** The IAM actions of CloudFormation for a role (service authorization reference, IAM). */
const ROLE_ACTIONS = {
  create: 'iam:CreateRole',
  update: 'iam:UpdateRole',
  delete: 'iam:DeleteRole',
} as const;

export const identityTypes: Record<string, ResourceType> = {
  'AWS::IAM::ManagedPolicy': managedPolicyType,

  'AWS::IAM::Role': {
    properties: [
      'AssumeRolePolicyDocument',
      'Description',
      'ManagedPolicyArns',
      'MaxSessionDuration',
      'Path',
      'PermissionsBoundary',
      'Policies',
      'RoleName',
      'Tags',
    ],
    async create(properties, context) {
      const { cloud, caller } = context;
      const name = (properties.RoleName as string | undefined) ?? generatedName(context, 64);
      const arn = `arn:aws:iam::${cloud.account}:role${(properties.Path as string | undefined) ?? '/'}${name}`;
      cloud.authorize(caller, {
        ...{ action: ROLE_ACTIONS.create, resources: [arn] },
        context: boundaryKey(properties),
      });
      const roles = new Roles(cloud);
      if (roles.find(name)) {
        throw new ServiceError('EntityAlreadyExists', `Role with name ${name} already exists.`, {
          status: 409,
        });
      }
      roles.put(name, fromProperties(cloud, arn, properties, {}));
      return {
        physicalId: name,
        attributes: {
          Arn: arn,
          RoleId: `AROA${randomBytes(9).toString('hex').slice(0, 17).toUpperCase()}`,
        },
      };
    },
    async update(properties, { cloud, caller }, before) {
      const role = existing(cloud, before.physicalId);
      cloud.authorize(caller, { action: ROLE_ACTIONS.update, resources: [role.arn] });
      if (properties.PermissionsBoundary !== before.properties.PermissionsBoundary) {
        cloud.authorize(caller, {
          action:
            properties.PermissionsBoundary === undefined
              ? 'iam:DeleteRolePermissionsBoundary'
              : 'iam:PutRolePermissionsBoundary',
          resources: [role.arn],
          context: boundaryKey(properties),
        });
      }
      const inline = Object.keys(inlinePolicies(cloud, before.properties));
      const attached = Object.entries(role.policies).filter(([name]) => !inline.includes(name));
      new Roles(cloud).put(
        before.physicalId,
        fromProperties(cloud, role.arn, properties, Object.fromEntries(attached)),
      );
      return before;
    },
    async delete({ physicalId }, { cloud, caller }) {
      const role = new Roles(cloud).find(physicalId);
      if (!role) return;
      cloud.authorize(caller, { action: ROLE_ACTIONS.delete, resources: [role.arn] });
      new Roles(cloud).delete(physicalId);
    },
  },

  'AWS::IAM::Policy': {
    properties: ['PolicyDocument', 'PolicyName', 'Roles'],
    async create(properties, context) {
      put(properties, context);
      return { physicalId: properties.PolicyName as string };
    },
    async update(properties, context, before) {
      put(properties, context);
      const { PolicyName, Roles: names = [] } = properties;
      const renamed = PolicyName !== before.properties.PolicyName;
      remove(before.properties, context, renamed ? [] : (names as string[]));
      return { physicalId: PolicyName as string };
    },
    async delete({ properties }, context) {
      remove(properties, context, []);
    },
  },
};

/** The condition key with which an account requires a boundary of every role that is created. */
function boundaryKey({ PermissionsBoundary }: Properties): Record<string, string> {
  return PermissionsBoundary === undefined
    ? {}
    : { 'iam:PermissionsBoundary': PermissionsBoundary as string };
}

/** Puts an inline policy into each role that it names. */
function put({ PolicyDocument, PolicyName, Roles: names = [] }: Properties, context: ResourceContext): void {
  const { cloud, caller } = context;
  if ((names as string[]).length === 0) {
    // CloudFormation's sentence for a policy that would belong to nothing.
    const message = 'At least one of [Groups,Roles,Users] must be non-empty.';
    throw new ServiceError('InvalidRequest', message);
  }
  const document = checked(cloud, `policy ${String(PolicyName)}`, PolicyDocument, 'identity');
  for (const name of names as string[]) {
    const role = existing(cloud, name);
    cloud.authorize(caller, { action: 'iam:PutRolePolicy', resources: [role.arn] });
    const policies = { ...role.policies, [PolicyName as string]: document };
    new Roles(cloud).put(name, withinQuotas({ ...role, policies }));
  }
}

/** Removes the policy from the roles that it names, except those in `kept`. */
function remove(
  { PolicyName, Roles: names = [] }: Properties,
  { cloud, caller }: ResourceContext,
  kept: readonly string[],
): void {
  const roles = new Roles(cloud);
  for (const name of names as string[]) {
    const role = roles.find(name);
    if (!role || kept.includes(name)) continue;
    cloud.authorize(caller, { action: 'iam:DeleteRolePolicy', resources: [role.arn] });
    const { [PolicyName as string]: removed, ...policies } = role.policies;
    roles.put(name, { ...role, policies });
  }
}

function existing(cloud: Cloud, name: string): StoredRole {
  const found = new Roles(cloud).find(name);
  if (found) return found;
  throw new ServiceError('NoSuchEntity', `The role with name ${name} cannot be found.`, { status: 404 });
}

function checked(cloud: Cloud, name: string, document: unknown, kind: 'identity' | 'trust'): object {
  return parsePolicy(cloud, { name, kind, code: 'MalformedPolicyDocument' }, document);
}

function fromProperties(
  cloud: Cloud,
  arn: string,
  properties: Properties,
  attached: Readonly<Record<string, object>>,
): StoredRole {
  const managedPolicyArns = (properties.ManagedPolicyArns ?? []) as string[];
  const boundary = properties.PermissionsBoundary as string | undefined;
  const known = new ManagedPolicies(cloud);
  if (boundary !== undefined && !known.find(boundary)) {
    // The code is that of CreateRole (API reference); IAM's sentence is not known from a source.
    throw new ServiceError('NoSuchEntity', `Scope ARN: ${boundary} does not exist or is not attachable.`, {
      status: 404,
    });
  }
  for (const policyArn of managedPolicyArns) {
    if (!known.find(policyArn)) {
      throw new ServiceError(
        'NoSuchEntity',
        `Policy ${policyArn} does not exist or is not attachable: the local cloud does not know it. Write its statements into the role.`,
        { status: 404 },
      );
    }
  }
  const { Description, MaxSessionDuration } = properties;
  return withinQuotas({
    arn,
    ...(Description !== undefined && { description: Description as string }),
    ...(MaxSessionDuration !== undefined && { maxSessionDuration: Number(MaxSessionDuration) }),
    trustPolicy: checked(cloud, 'AssumeRolePolicyDocument', properties.AssumeRolePolicyDocument, 'trust'),
    managedPolicyArns,
    ...(boundary !== undefined && { permissionsBoundary: boundary }),
    policies: { ...attached, ...inlinePolicies(cloud, properties) },
  });
}

function inlinePolicies(cloud: Cloud, { Policies = [] }: Properties): Record<string, object> {
  const list = Policies as { PolicyName: string; PolicyDocument: unknown }[];
  return Object.fromEntries(
    list.map(({ PolicyName, PolicyDocument }) => [
      PolicyName,
      checked(cloud, `policy ${PolicyName}`, PolicyDocument, 'identity'),
    ]),
  );
}
