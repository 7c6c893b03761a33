import type { PinnedObject } from '../../lib/contract/run';

/**
 * Groups objects into at most `maxShards` groups of about equal size in bytes (largest first, each to the smallest
 * group), so that the number of jobs does not grow with the number of objects.
 *
 * @returns no empty group; deterministic for a given set of objects
 */
export function balanceShards(objects: readonly PinnedObject[], maxShards: number): PinnedObject[][] {
  const count = Math.min(maxShards, objects.length);
  const shards = Array.from({ length: count }, () => ({ size: 0, objects: [] as PinnedObject[] }));
  const largestFirst = [...objects].sort((a, b) => b.size - a.size || (a.key < b.key ? -1 : 1));
  for (const object of largestFirst) {
    const lightest = shards.reduce((least, shard) => (shard.size < least.size ? shard : least));
    lightest.objects.push(object);
    lightest.size += object.size;
  }
  return shards.map((shard) => shard.objects);
}
