import { balanceShards } from '../../../lambda/initiate/shards';

const object = (key: string, size = 10, versionId = 'v1') => ({ key, size, versionId });

describe('balanceShards', () => {
  test('spreads bytes evenly and loses no object', () => {
    const objects = [9, 7, 6, 5, 5, 4, 3, 1].map((size, i) => object(`o${i}`, size));
    const shards = balanceShards(objects, 4);
    const sizes = shards.map((shard) => shard.reduce((sum, { size }) => sum + size, 0));
    expect(sizes).toEqual([10, 10, 10, 10]);
    expect(
      shards
        .flat()
        .map(({ key }) => key)
        .sort(),
    ).toEqual(objects.map(({ key }) => key));
  });

  test('makes no empty shard', () => {
    expect(balanceShards([object('a'), object('b')], 40)).toHaveLength(2);
  });

  test('does not depend on the order in which objects are listed', () => {
    const objects = [3, 3, 2, 2, 1].map((size, i) => object(`o${i}`, size));
    expect(balanceShards([...objects].reverse(), 2)).toEqual(balanceShards(objects, 2));
  });
});
