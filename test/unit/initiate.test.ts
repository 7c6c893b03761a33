import { pinData } from '../../lambda/initiate/data';
import type { Bucket } from '../../lambda/shared/s3';
import { fingerprint, type RunIngredients } from '../../lambda/initiate/fingerprint';
import { parseRunInput } from '../../lambda/shared/run-input';
import { balanceShards } from '../../lambda/initiate/shards';
import { resolveHyperparameters } from '../../lib/contract/hyperparameters';

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

describe('fingerprint', () => {
  const base: RunIngredients = {
    data: [object('a'), object('b')],
    schema: '{}',
    images: { training: '1', inference: '2' },
    hyperparameters: resolveHyperparameters([]),
  };

  test('is the same for the same ingredients in another order', () => {
    const images = { inference: '2', training: '1' };
    expect(fingerprint({ ...base, data: [...base.data].reverse(), images })).toBe(fingerprint(base));
  });

  test.each<[string, Partial<RunIngredients>]>([
    ['a new version of an object', { data: [object('a', 10, 'v2'), object('b')] }],
    ['an object more', { data: [...base.data, object('c')] }],
    ['another schema', { schema: '{"label":"x"}' }],
    ['a changed image', { images: { training: '9', inference: '2' } }],
    ['another hyperparameter', { hyperparameters: { ...base.hyperparameters, 'training.epochs': 1 } }],
  ])('changes with %s', (_, change) => {
    expect(fingerprint({ ...base, ...change })).not.toBe(fingerprint(base));
  });
});

describe('parseRunInput', () => {
  test.each([
    [undefined],
    [null],
    [{}],
    [{ force: true, hyperparameters: { 'training.epochs': '5' } }],
    [{ trigger: { kind: 'newData', detail: 's3://b/data/1.csv' } }],
  ])('%j is allowed', (input) => {
    expect(parseRunInput(input)).toEqual(input ?? {});
  });

  test.each([
    [{ force: 'yes' }, /"force" is "yes"/],
    [{ image: 'x' }, /"image" is not a field/],
    [{ hyperparameters: { 'training.epochs': true } }, /"hyperparameters\.training\.epochs" is true/],
    [{ trigger: { kind: 'cron', detail: '' } }, /"trigger\.kind" is "cron"/],
    [{ trigger: { kind: 'drift', detail: '', image: 'x' } }, /"image" is not a field/],
    [{ trigger: { kind: 'drift', detail: 'x'.repeat(1_201) } }, /"trigger\.detail" is "x+"; must be/],
    [[], /"input" is \[\]/],
    ['{}', /"input" is "\{\}"/],
  ])('%j is refused: %s', (input, message) => {
    expect(() => parseRunInput(input)).toThrow(message);
  });
});

describe('pinData', () => {
  const SCHEMA = { label: 'kind', features: ['a', { name: 'plan', type: 'category' }] };
  /** A bucket that holds these texts. */
  const bucketOf = (objects: Record<string, string>) =>
    ({
      uri: (key: string) => `s3://data/${key}`,
      currentVersions: async (prefix: string) =>
        Object.entries(objects)
          .filter(([key]) => key.startsWith(prefix))
          .map(([key, text]) => ({ key, versionId: 'v1', size: Buffer.byteLength(text) })),
      text: async (key: string) => objects[key]!,
      bytes: async (key: string) => Buffer.from(objects[key]!),
    }) as unknown as Bucket;
  const pin = (objects: Record<string, string>, schema: unknown = SCHEMA, allowed = 0) =>
    pinData(bucketOf({ 'schema.json': JSON.stringify(schema), ...objects }), 'data/', 'schema.json', allowed);
  const GOOD = 'a,plan,kind\n1,pro,x\n2,basic,y\n';

  test('leaves few bad cells to preprocessing where the run allows some', async () => {
    const objects = { 'data/a.csv': `${GOOD}3,pro,x\nbad,pro,y\n` };
    await expect(pin(objects)).rejects.toThrow(/column "a": 1 of the first 4 rows/);
    await expect(pin(objects, SCHEMA, 0.01)).resolves.toMatchObject({ ignored: [] });
  });

  test('takes data files whatever the case of their suffix, and names the others', async () => {
    const objects = {
      'data/a.csv': GOOD,
      'data/B.CSV': GOOD,
      'data/': '',
      'data/README.md': 'x',
      'data/c.xlsx': 'x',
    };
    const pinned = await pin(objects);
    expect(pinned.objects.map(({ key }) => key)).toEqual(['data/a.csv', 'data/B.CSV']);
    expect(pinned.ignored).toEqual(['data/README.md', 'data/c.xlsx']);
  });

  test.each<[string, Record<string, string>, unknown, RegExp[]]>([
    [
      'no object',
      {},
      SCHEMA,
      [/s3:\/\/data\/data\/ holds no data file; upload the training data there, as \.csv/],
    ],
    ['nothing but others', { 'data/a.md': 'x' }, SCHEMA, [/holds no data file among its 1 objects/]],
    ['an object without bytes', { 'data/a.csv': '' }, SCHEMA, [/s3:\/\/data\/data\/a\.csv.* empty/]],
    ['a header alone', { 'data/a.csv': 'a,plan,kind\n' }, SCHEMA, [/a\.csv.*header/]],
    ['missing columns, all of them', { 'data/a.csv': 'A,kind\n1,x\n' }, SCHEMA, [/a\.csv/, /"a"/, /"plan"/]],
    [
      'faulty cells of all columns, with what mends them',
      { 'data/a.csv': 'a,plan,kind\nbasic,1,x\npro,2,\n' },
      SCHEMA,
      [/"a".*2 /, /declare "a" as a category|"type": "category"/, /"kind"/],
    ],
    [
      'faulty objects, by name',
      { 'data/a.csv': 'x\n1\n', 'data/b.csv': 'y\n1\n' },
      SCHEMA,
      [/a\.csv/, /b\.csv/],
    ],
    ['a schema with faults', { 'data/a.csv': GOOD }, { label: 'kind' }, [/schema\.json/, /features/]],
  ])('refuses %s', async (_, objects, schema, messages) => {
    const error = await pin(objects, schema).then(
      () => {
        throw new Error('was not refused');
      },
      (reason: Error) => reason,
    );
    expect(error).toMatchObject({ name: 'InvalidData' });
    for (const message of messages) expect(error.message).toMatch(message);
  });
});
