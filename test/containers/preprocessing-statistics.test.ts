import { temporaryFolders } from './support/program';
import { runShard } from './support/shard';

const folders = temporaryFolders();
const ascending = (count: number) => Array.from({ length: count }, (_, index) => index);

test('columns are counted exactly', async () => {
  const text = [
    'y,n,plan,ok,when,note',
    'a,3,pro,yes,2024-03-01,x',
    'b,1,basic,0,,',
    'a,?,pro,,1970-01-01 00:00:01,x y',
    'a,2,,TRUE,,z',
  ].join('\n');
  const schema = {
    label: 'y',
    features: [
      'n',
      { name: 'plan', type: 'category' },
      { name: 'ok', type: 'boolean' },
      { name: 'when', type: 'datetime' },
      { name: 'note', type: 'text' },
    ],
  };
  const { report } = await runShard(folders, { 'a.csv': text }, schema);
  const march = Date.UTC(2024, 2, 1);
  expect(report.features).toEqual({
    n: { kind: 'number', rows: 4, missing: 1, sum: 6, low: 1, high: 3, quantiles: [1, 2, 3] },
    plan: {
      kind: 'values',
      rows: 4,
      missing: 1,
      distinct: 2,
      counts: [
        ['pro', 2],
        ['basic', 1],
      ],
    },
    ok: {
      kind: 'values',
      rows: 4,
      missing: 1,
      distinct: 2,
      counts: [
        ['true', 2],
        ['false', 1],
      ],
    },
    when: {
      kind: 'number',
      rows: 4,
      missing: 2,
      sum: march + 1000,
      low: 1000,
      high: march,
      quantiles: [1000, march],
    },
    note: { kind: 'text', rows: 4, missing: 1 },
  });
  const none = { kind: 'values', rows: 0, missing: 0, distinct: 0, counts: [] };
  expect(report.label).toEqual({
    train: {
      kind: 'values',
      rows: 4,
      missing: 0,
      distinct: 2,
      counts: [
        ['a', 3],
        ['b', 1],
      ],
    },
    validation: none,
    test: none,
  });
});

test('many numbers become 1,001 quantiles, in the units of the file', async () => {
  const values = ascending(30_001).map((n) => ((n * 7919) % 30_001) / 10);
  const text = `y,n\n${values.map((value) => `${value / 2},${value}`).join('\n')}`;
  const schema = { label: 'y', task: 'regression', features: ['n'] };
  const { report } = await runShard(folders, { 'a.csv': text }, schema);
  const quantiles = ascending(1001).map((index) => (30 * index) / 10);
  expect(report.features.n).toMatchObject({ low: 0, high: 3000, sum: 45_001_500, quantiles });
  expect(report.label.train).toMatchObject({
    kind: 'number',
    quantiles: quantiles.map((value) => value / 2),
  });
});

test('of thousands of columns each is counted, by fewer quantiles', async () => {
  const names = ascending(1200).map((index) => `c${index}`);
  const lines = ascending(120).map((row) => ['k', ...names.map((_, index) => row + index)].join(','));
  const shard = await runShard(
    folders,
    { 'a.csv': ['y', ...names].join(',') + `\n${lines.join('\n')}\nk${',x'.repeat(1200)}` },
    { label: 'y', features: names },
  );
  expect(shard.report).toMatchObject({ rejected: 1, rows: { train: 120 } });
  expect(shard.rejected()).toHaveLength(1200);
  expect(shard.report.features.c7).toMatchObject({ rows: 120, low: 7, high: 126, sum: 7980 });
  expect(shard.matrix('train')[5]).toMatchObject({ y: 'k', c0: 5, c1199: 1204 });
});

test('a category of too many values is counted as a whole, and has no places', async () => {
  const text = `y,c\n${ascending(10_001)
    .map((n) => `a,v${n}`)
    .join('\n')}`;
  const shard = await runShard(
    folders,
    { 'a.csv': text },
    { label: 'y', features: [{ name: 'c', type: 'category' }] },
  );
  expect(shard.report.features.c).toEqual({
    kind: 'values',
    rows: 10_001,
    missing: 0,
    distinct: 10_001,
    counts: [],
  });
  expect(shard.description('train').dictionaries).toEqual({ y: ['a'], c: [] });
  expect(shard.matrix('train')[0]).toEqual({ y: 'a', c: NaN });
});

test('the words of a text are counted by bucket, and a matrix comes in parts of at most 64 MiB', async () => {
  const text = `y,t\n${ascending(66_000)
    .map((n) => `${n % 2},${n % 3 ? 'good good day' : ''}`)
    .join('\n')}`;
  const schema = { label: 'y', features: [{ name: 't', type: 'text' }] };
  const shard = await runShard(folders, { 'a.csv': text }, schema);
  const { parts, rows } = shard.description('train');
  expect({ parts, rows }).toEqual({ parts: ['shard-00007-0000.npy', 'shard-00007-0001.npy'], rows: 66_000 });
  const { columns, values, rows: height } = shard.part('train', parts[1]!);
  expect([columns, height]).toEqual([258, 66_000 - Math.floor(2 ** 24 / 258)]);
  const row = (place: number) => [...values.slice(place * columns, (place + 1) * columns)];
  // Row 65,998 is empty, row 65,999 is the last one.
  const last = row(height - 1);
  expect(
    last
      .slice(1)
      .filter((value) => value !== 0)
      .sort(),
  ).toEqual([Math.fround(Math.log(2)), Math.fround(Math.log(3))]);
  expect(row(height - 3).slice(1)).toEqual([...new Array<number>(256).fill(0), 1]);
});
