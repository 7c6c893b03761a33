import { ServiceError } from '../../model/errors';
import type { Properties, ResourceType } from '../../core/resource-type';
import { defaultPolicy } from './keys';

/** Properties that cannot change: "the update request fails", says the reference of AWS::KMS::Key. */
const FIXED = ['KeySpec', 'KeyUsage'];

export const keyTypes: Record<string, ResourceType> = {
  'AWS::KMS::Key': {
    properties: [
      'BypassPolicyLockoutSafetyCheck',
      ...['Description', 'EnableKeyRotation', 'Enabled', 'KeyPolicy', 'KeySpec', 'KeyUsage'],
      ...['PendingWindowInDays', 'Tags'],
    ],
    async create(properties, { cloud, caller }) {
      const { Description, KeyPolicy, EnableKeyRotation, Enabled } = properties;
      const created = await cloud.call(
        'kms',
        'CreateKey',
        {
          ...kindOf(properties),
          ...(Description !== undefined && { Description: String(Description) }),
          ...(KeyPolicy !== undefined && { Policy: JSON.stringify(KeyPolicy) }),
          BypassPolicyLockoutSafetyCheck: bypasses(properties),
        },
        caller,
      );
      const { KeyId, Arn } = created.KeyMetadata!;
      if (EnableKeyRotation === true) await cloud.call('kms', 'EnableKeyRotation', { KeyId }, caller);
      if (Enabled === false) await cloud.call('kms', 'DisableKey', { KeyId }, caller);
      return { physicalId: KeyId!, attributes: { Arn, KeyId } };
    },
    async update(properties, { cloud, caller }, before) {
      const KeyId = before.physicalId;
      const fixed = FIXED.find((name) => properties[name] !== before.properties[name]);
      if (fixed !== undefined) {
        const [from, to] = [before.properties[fixed], properties[fixed]].map((value) =>
          JSON.stringify(value),
        );
        const message = `${fixed} of a key cannot change from ${from} to ${to}; give the new key a logical id of its own.`;
        throw new ServiceError('InvalidRequest', message);
      }
      const { Description = '', KeyPolicy, EnableKeyRotation, Enabled } = properties;
      if (Enabled !== before.properties.Enabled) {
        await cloud.call('kms', Enabled === false ? 'DisableKey' : 'EnableKey', { KeyId }, caller);
      }
      if ((EnableKeyRotation === true) !== (before.properties.EnableKeyRotation === true)) {
        const rotation = EnableKeyRotation === true ? 'EnableKeyRotation' : 'DisableKeyRotation';
        await cloud.call('kms', rotation, { KeyId }, caller);
      }
      await cloud.call('kms', 'UpdateKeyDescription', { KeyId, Description: String(Description) }, caller);
      const policy = KeyPolicy ?? (before.properties.KeyPolicy && defaultPolicy(cloud.account));
      if (policy !== undefined) {
        const BypassPolicyLockoutSafetyCheck = bypasses(properties);
        const request = { KeyId, Policy: JSON.stringify(policy), BypassPolicyLockoutSafetyCheck };
        await cloud.call('kms', 'PutKeyPolicy', request, caller);
      }
      return before;
    },
    adopt: {
      identifier: 'KeyId',
      async find(id, { cloud, caller }) {
        const { KeyMetadata } = await cloud.call('kms', 'DescribeKey', { KeyId: id }, caller);
        const { KeyId, Arn } = KeyMetadata!;
        return { physicalId: KeyId!, attributes: { Arn, KeyId } };
      },
    },
    async delete({ physicalId, properties }, { cloud, caller }) {
      const days = properties.PendingWindowInDays as number | undefined;
      await cloud.call(
        'kms',
        'ScheduleKeyDeletion',
        { KeyId: physicalId, ...(days !== undefined && { PendingWindowInDays: days }) },
        caller,
      );
    },
  },
};

function bypasses({ BypassPolicyLockoutSafetyCheck: bypass }: Properties): true | undefined {
  return bypass === true || bypass === 'true' ? true : undefined;
}

function kindOf({ KeySpec, KeyUsage }: Properties): object {
  return { ...(KeySpec !== undefined && { KeySpec }), ...(KeyUsage !== undefined && { KeyUsage }) };
}
