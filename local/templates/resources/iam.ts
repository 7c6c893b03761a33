import { randomBytes } from 'node:crypto';
import type { Cloud } from '../../core/cloud';
import { generatedName, type ResourceType } from '../resource-type';

/** A role with everything attached to it, as the authorization of calls will read it. */
export interface StoredRole {
  trustPolicy: unknown;
  managedPolicyArns: string[];
  /** Inline policies, by name. */
  policies: Record<string, unknown>;
}

/** Roles by name. */
export function roleStore(cloud: Cloud) {
  return cloud.stores.store<Record<string, StoredRole>>('iam', () => ({}));
}

function role(cloud: Cloud, name: string): StoredRole {
  const found = roleStore(cloud).data[name];
  if (!found) throw new Error(`The role with name ${name} cannot be found.`);
  return found;
}

export const identityTypes: Record<string, ResourceType> = {
  'AWS::IAM::Role': {
    properties: [
      'AssumeRolePolicyDocument',
      'Description',
      'ManagedPolicyArns',
      'MaxSessionDuration',
      'Policies',
      'RoleName',
      'Tags',
    ],
    replacedBy: ['RoleName'],
    async create(properties, context) {
      const { cloud } = context;
      const name = (properties.RoleName as string | undefined) ?? generatedName(context, 64);
      const store = roleStore(cloud);
      store.data[name] = fromProperties(properties, {});
      store.changed();
      return {
        physicalId: name,
        attributes: {
          Arn: `arn:aws:iam::${cloud.account}:role/${name}`,
          RoleId: `AROA${randomBytes(9).toString('hex').slice(0, 17).toUpperCase()}`,
        },
      };
    },
    async update(properties, { cloud }, before) {
      const store = roleStore(cloud);
      store.data[before.physicalId] = fromProperties(properties, role(cloud, before.physicalId).policies);
      store.changed();
      return before;
    },
    async delete({ physicalId }, { cloud }) {
      const store = roleStore(cloud);
      delete store.data[physicalId];
      store.changed();
    },
  },

  'AWS::IAM::Policy': {
    properties: ['PolicyDocument', 'PolicyName', 'Roles'],
    replacedBy: ['PolicyName', 'Roles'],
    async create({ PolicyDocument, PolicyName, Roles = [] }, { cloud }) {
      for (const name of Roles as string[]) role(cloud, name).policies[PolicyName as string] = PolicyDocument;
      roleStore(cloud).changed();
      return { physicalId: PolicyName as string };
    },
    async update({ PolicyDocument, PolicyName, Roles = [] }, { cloud }, before) {
      for (const name of Roles as string[]) role(cloud, name).policies[PolicyName as string] = PolicyDocument;
      roleStore(cloud).changed();
      return before;
    },
    async delete({ properties }, { cloud }) {
      const { PolicyName, Roles = [] } = properties;
      for (const name of Roles as string[])
        delete roleStore(cloud).data[name]?.policies[PolicyName as string];
      roleStore(cloud).changed();
    },
  },
};

function fromProperties(properties: Record<string, unknown>, policies: StoredRole['policies']): StoredRole {
  const inline = (properties.Policies ?? []) as { PolicyName: string; PolicyDocument: unknown }[];
  return {
    trustPolicy: properties.AssumeRolePolicyDocument,
    managedPolicyArns: (properties.ManagedPolicyArns ?? []) as string[],
    policies: {
      ...policies,
      ...Object.fromEntries(inline.map(({ PolicyName, PolicyDocument }) => [PolicyName, PolicyDocument])),
    },
  };
}
