import { randomUUID } from 'node:crypto';
import type { Cloud } from '../../core/cloud';
import type { ResourceType } from '../resource-type';

/** Keys by id: nothing is encrypted on this machine, but policies and names are kept. */
export function keyStore(cloud: Cloud) {
  return cloud.stores.store<Record<string, { policy: unknown }>>('kms', () => ({}));
}

export const keyTypes: Record<string, ResourceType> = {
  'AWS::KMS::Key': {
    properties: ['Description', 'EnableKeyRotation', 'KeyPolicy', 'Tags', 'PendingWindowInDays', 'Enabled'],
    async create({ KeyPolicy }, { cloud }) {
      const id = randomUUID();
      const store = keyStore(cloud);
      store.data[id] = { policy: KeyPolicy };
      store.changed();
      return { physicalId: id, attributes: { Arn: cloud.arn('kms', `key/${id}`), KeyId: id } };
    },
    async update({ KeyPolicy }, { cloud }, before) {
      const store = keyStore(cloud);
      store.data[before.physicalId] = { policy: KeyPolicy };
      store.changed();
      return before;
    },
    async delete({ physicalId }, { cloud }) {
      const store = keyStore(cloud);
      delete store.data[physicalId];
      store.changed();
    },
  },
};
