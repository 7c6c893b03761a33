import { pinData } from '../../../lambda/initiate/data';
import type { ModelFacts } from '../../../lib/contract/model';
import type { Bucket } from '../../../lambda/shared/s3';

describe('pinData', () => {
  const SCHEMA = { label: 'kind', features: ['a', { name: 'plan', type: 'category' }] };
  /** A bucket that holds these texts. */
  const bucketOf = (objects: Record<string, string>, versioning?: string) =>
    ({
      name: 'data',
      versioning: async () => versioning,
      uri: (key: string) => `s3://data/${key}`,
      currentVersions: async (prefix: string) =>
        Object.entries(objects)
          .filter(([key]) => key.startsWith(prefix))
          .map(([key, text]) => ({ key, versionId: 'v1', size: Buffer.byteLength(text) })),
      text: async (key: string) => objects[key]!,
      bytes: async (key: string) => Buffer.from(objects[key]!),
    }) as unknown as Bucket;
  const pin = (objects: Record<string, string>, schema: unknown = SCHEMA, allowed = 0, splits = false) =>
    pinData(bucketOf({ 'schema.json': JSON.stringify(schema), ...objects }), {
      ...{ prefix: 'data/', check: 'table', suffixes: null },
      ...{ schemaKey: 'schema.json', bucketOfTeam: false, maxBadRowFraction: allowed, splits },
    });
  const GOOD = 'a,plan,kind\n1,pro,x\n2,basic,y\n';

  test('leaves few bad cells to preprocessing where the run allows some', async () => {
    const objects = { 'data/a.csv': `${GOOD}3,pro,x\nbad,pro,y\n` };
    await expect(pin(objects)).rejects.toThrow(/"a".* 1 of .* 4 /);
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
      'a schema with unknown keys, in it and in a column',
      { 'data/a.csv': GOOD },
      { ...SCHEMA, lable: 'kind', features: ['a', { name: 'plan', kind: 'category' }] },
      [/s3:\/\/data\/schema\.json/, /lable/, /features\[1\]\.kind/],
    ],
    ['no object', {}, SCHEMA, [/s3:\/\/data\/data\//, /\.csv/]],
    ['nothing but others', { 'data/a.md': 'x' }, SCHEMA, [/s3:\/\/data\/data\//]],
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

  test('refuses a schema that no splits of numbers can be made of, naming every column', async () => {
    const numbers = { label: 'kind', classes: ['x', 'y'], features: ['a'] };
    await expect(pin({ 'data/a.csv': GOOD }, numbers, 0, true)).resolves.toBeDefined();
    const refused = pin({ 'data/a.csv': GOOD }, SCHEMA, 0, true);
    await expect(refused).rejects.toMatchObject({ name: 'InvalidData' });
    await expect(refused).rejects.toThrow(/"plan" has the type category.*must be number or boolean/);
    await expect(refused).rejects.toThrow(/"classes" is missing/);
  });

  const other = (rules: Pick<ModelFacts['data'], 'check' | 'suffixes'>, objects: Record<string, string>) =>
    pinData(bucketOf(objects), {
      ...rules,
      ...{ prefix: 'data/', schemaKey: undefined, bucketOfTeam: false },
      ...{ maxBadRowFraction: 0, splits: false },
    });

  test.each([undefined, 'Suspended', 'Enabled'])(
    'a bucket of the team with versioning %s',
    async (status) => {
      const pinned = pinData(bucketOf({ 'data/1.png': 'x' }, status), {
        ...{ check: 'none', suffixes: ['.png'], prefix: 'data/' },
        ...{ schemaKey: undefined, bucketOfTeam: true, maxBadRowFraction: 0, splits: false },
      });
      if (status === 'Enabled') await expect(pinned).resolves.toMatchObject({ ignored: [] });
      else {
        await expect(pinned).rejects.toThrow(
          `data.bucket.name is "data", whose versioning is ${status ?? 'off'}; must be Enabled`,
        );
      }
    },
  );

  test('takes files by the endings of the model, whatever is in them', async () => {
    const objects = { 'data/a/1.PNG': 'x', 'data/b/2.png': '', 'data/notes.txt': 'x' };
    const pinned = await other({ check: 'none', suffixes: ['.png'] }, objects);
    expect(pinned.objects.map(({ key }) => key)).toEqual(['data/a/1.PNG', 'data/b/2.png']);
    expect(pinned).toMatchObject({ ignored: ['data/notes.txt'], schema: null });
    expect((await other({ check: 'none', suffixes: '*' }, objects)).objects).toHaveLength(3);
    await expect(other({ check: 'none', suffixes: ['.jpg'] }, objects)).rejects.toThrow(/3 objects.*\.jpg/);
  });

  test('requires one header of CSV files where the model says so', async () => {
    const rules = { check: 'csvHeader', suffixes: null } as const;
    const same = { 'data/a.csv': 'x,y\n1,2\n', 'data/b.csv': 'x,y\n3,4\n' };
    expect((await other(rules, same)).objects).toHaveLength(2);
    const failed = other(rules, { ...same, 'data/c.csv': 'x,z\n1,2\n' });
    await expect(failed).rejects.toMatchObject({ name: 'InvalidData' });
    await expect(failed).rejects.toThrow(/c\.csv.*"z".*a\.csv/);
  });
});
