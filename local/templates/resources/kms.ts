import type { ResourceType } from '../resource-type';

export const keyTypes: Record<string, ResourceType> = {
  'AWS::KMS::Key': {
    properties: ['Description', 'EnableKeyRotation', 'KeyPolicy', 'Tags', 'PendingWindowInDays', 'Enabled'],
    async create({ Description, KeyPolicy, EnableKeyRotation, Enabled }, { cloud, caller }) {
      const created = await cloud.call(
        'kms',
        'CreateKey',
        {
          ...(Description !== undefined && { Description: String(Description) }),
          ...(KeyPolicy !== undefined && { Policy: JSON.stringify(KeyPolicy) }),
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
      const { Description = '', KeyPolicy, EnableKeyRotation, Enabled } = properties;
      if (Enabled !== before.properties.Enabled) {
        await cloud.call('kms', Enabled === false ? 'DisableKey' : 'EnableKey', { KeyId }, caller);
      }
      const rotation = EnableKeyRotation === true ? 'EnableKeyRotation' : 'DisableKeyRotation';
      await cloud.call('kms', rotation, { KeyId }, caller);
      await cloud.call('kms', 'UpdateKeyDescription', { KeyId, Description: String(Description) }, caller);
      if (KeyPolicy !== undefined) {
        await cloud.call('kms', 'PutKeyPolicy', { KeyId, Policy: JSON.stringify(KeyPolicy) }, caller);
      }
      return before;
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
