import { readSettings } from '../../containers/preprocessing/settings';
import { temporaryFolders } from './support/program';
import { runShard, type Shard } from './support/shard';

const folders = temporaryFolders();
const SCHEMA = {
  label: 'state',
  classes: ['well', 'sick'],
  features: ['x', { name: 'smokes', type: 'boolean' }],
};
const rows = Array.from(
  { length: 40 },
  (_, n) => `${n % 3 === 0 ? '' : n / 2},${n % 2 ? 'sick' : 'well'},${n % 4 ? 'yes' : 'no'}`,
);
const FILES = { 'a.csv': `x,state,smokes\n${rows.join('\n')}\n` };
const FORM = { header: false, label: 'first', contentType: 'text/csv' } as const;

const run = (splits: object, schema: object = SCHEMA, shares = { validation: 0.2, test: 0.3 }) =>
  runShard(folders, FILES, schema, { ...shares, splits: { ...FORM, ...splits } });
const file = (shard: Shard, folder: string) => shard.csv(`${folder}/shard-00007.csv`);

describe('splits for programs of others', () => {
  test('hold numbers: the class’s index first, 1 and 0 for booleans, and nothing for an empty cell', async () => {
    const shard = await run({});
    const train = file(shard, 'train');
    expect(train).toHaveLength(shard.report.rows.train);
    // Rows are in the order of the file.
    const row = (n: number) => [n % 2 ? '1' : '0', n % 3 === 0 ? '' : String(n / 2), n % 4 ? '1' : '0'];
    const all = Array.from({ length: 40 }, (_, n) => row(n).join()).map((text) => text);
    const numbers = train.map(([label, x, smokes]) =>
      [label, x === '' ? '' : String(Number(x)), smokes].join(),
    );
    for (const text of numbers) expect(all).toContain(text);
  });

  test('leave the label out of the rows that a server reads, which are those of the scoring', async () => {
    const shard = await run({});
    for (const split of ['validation', 'test'] as const) {
      const scored = shard.scoring(split).map(({ x, smokes }) => [x, smokes === 'true' ? '1' : '0']);
      expect(scored.length).toBeGreaterThan(0);
      expect(file(shard, `rows/${split}`)).toEqual(scored);
    }
    expect(file(shard, 'validation').map((row) => row.slice(1))).toEqual(file(shard, 'rows/validation'));
  });

  test('have a header, and the label in another place or none, as the model says', async () => {
    const [header, first] = file(await run({ header: true, label: 'last' }), 'train');
    expect(header).toEqual(['x', 'smokes', 'state']);
    expect(['0', '1']).toContain(first![2]);
    expect(file(await run({ label: 'none' }), 'train')[0]).toHaveLength(2);
  });

  test('have no file where there is no row', async () => {
    const shard = await run({}, SCHEMA, { validation: 0, test: 0 });
    expect(file(shard, 'train')).toHaveLength(40);
    expect(() => file(shard, 'validation')).toThrow('ENOENT');
    expect(() => file(shard, 'rows/test')).toThrow('ENOENT');
  });

  test('keep the numbers of a numeric label', async () => {
    const schema = { label: 'x', task: 'regression', features: [{ name: 'smokes', type: 'boolean' }] };
    const train = file(await run({}, schema, { validation: 0, test: 0 }), 'train');
    expect(train.slice(0, 2).map(([label]) => Number(label))).toEqual([0.5, 1]);
  });

  test.each<[string, object, RegExp]>([
    [
      'a feature that is no number',
      { ...SCHEMA, features: ['x', { name: 'smokes', type: 'category' }] },
      /"smokes" has the type category; with `splits` it must be number or boolean/,
    ],
    ['classes without an order', { label: 'state', features: ['x'] }, /"classes" is missing/],
  ])('refuse %s, with what to do', async (_, schema, message) => {
    await expect(run({}, schema)).rejects.toThrow(message);
  });
});

test.each(['nonsense', '{"header":1}', '{"header":true,"label":"second","contentType":"text/csv"}'])(
  'the variable SPLITS is refused as %s',
  (SPLITS) => {
    const env = { SHARD_INDEX: '0', VALIDATION_FRACTION: '0.1', TEST_FRACTION: '0.1', SPLITS };
    expect(() => readSettings(env)).toThrow(/^SPLITS.*must be \{"header": true or false/);
  },
);
