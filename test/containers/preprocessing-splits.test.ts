import type { Split } from '../../containers/table/report';
import { temporaryFolders } from './support/program';
import { runShard, type Files, type Shard } from './support/shard';

const folders = temporaryFolders();
const SHARES = { validation: 0.2, test: 0.3 };
const SCHEMA = { label: 'kind', features: ['n'] };

/** Rows that are told apart by `n`. */
const rows = (from: number, to: number, kind: (n: number) => string = (n) => (n % 2 ? 'a' : 'b')) =>
  Array.from({ length: to - from }, (_, index) => `${kind(from + index)},${from + index},t${from + index},x`);
const file = (lines: readonly string[]) => `kind,n,text,more\n${lines.join('\n')}\n`;

/** Returns where each row is, by its `n`. */
function places(...shards: readonly Shard[]): Map<number, Split> {
  const found = new Map<number, Split>();
  for (const shard of shards) {
    for (const row of shard.matrix('train')) found.set(row.n as number, 'train');
    for (const split of ['validation', 'test'] as const) {
      for (const row of shard.scoring(split)) found.set(Number(row.n), split);
    }
  }
  return found;
}

const split = (files: Files, schema: unknown = SCHEMA) => runShard(folders, files, schema, SHARES);

describe('without an id a row’s split depends on where it is', () => {
  const files = { 'a.csv': file(rows(0, 300)), 'b/c.csv': file(rows(300, 500)) };
  let before: Map<number, Split>;
  beforeAll(async () => {
    before = places(await split(files));
  });
  const moved = (after: Map<number, Split>) => [...before].filter(([n, split]) => after.get(n) !== split);

  test('in shares near those asked for', () => {
    const share = (name: Split) =>
      [...before.values()].filter((split) => split === name).length / before.size;
    expect(before.size).toBe(500);
    expect(share('validation')).toBeCloseTo(0.2, 1);
    expect(share('test')).toBeCloseTo(0.3, 1);
  });

  test.each<[string, Files, unknown]>([
    ['rows appended', { ...files, 'a.csv': file([...rows(0, 300), ...rows(900, 950)]) }, SCHEMA],
    [
      'files added before and after',
      { ...files, '0.csv': file(rows(700, 800)), 'd.csv': file(rows(800, 900)) },
      SCHEMA,
    ],
    ['labels corrected', { ...files, 'a.csv': file(rows(0, 300, () => 'c')) }, SCHEMA],
    [
      'rows set aside',
      files,
      { ...SCHEMA, features: ['n', { name: 'more', type: 'category' }], classes: ['a', 'z'] },
    ],
    ['features added', files, { ...SCHEMA, features: ['n', { name: 'text', type: 'text' }] }],
    ['another format', { ...files, 'a.csv': file(rows(0, 300)).replaceAll(',', ';') }, SCHEMA],
  ])('%s move no row', async (_what, changed, schema) => {
    const after = places(await split(changed, schema));
    const kept = [...before.keys()].filter((n) => after.has(n));
    expect(kept.length).toBeGreaterThanOrEqual(250);
    expect(moved(after).filter(([n]) => after.has(n))).toEqual([]);
  });

  test('other shards move no row', async () => {
    const shards: Shard[] = [];
    for (const entry of Object.entries(files)) shards.push(await split(Object.fromEntries([entry])));
    expect(moved(places(...shards))).toEqual([]);
  });

  test('copies of a row spread over the splits', async () => {
    const { report } = await split({ 'a.csv': file(Array.from({ length: 600 }, () => 'a,1,t,x')) });
    expect(report.rows.validation / 600).toBeCloseTo(0.2, 1);
    expect(report.rows.test / 600).toBeCloseTo(0.3, 1);
    const [digests] = Object.values(report.copies).map((copies) => Object.keys(copies));
    expect(digests).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
    expect(report.copies.test).toEqual({ [digests![0]!]: report.rows.test });
  });
});

test('rows of an id stay together, wherever they are', async () => {
  const lines = Array.from({ length: 400 }, (_, n) => `a,${n},p${n % 40},x`);
  const schema = { ...SCHEMA, id: 'text' };
  const found = places(await split({ 'a.csv': file(lines) }, schema));
  for (let id = 0; id < 40; id++) {
    expect(new Set(Array.from({ length: 10 }, (_, row) => found.get(id + 40 * row))).size).toBe(1);
  }
  expect(new Set(found.values()).size).toBe(3);
  const reversed = places(await split({ 'z.csv': file([...lines].reverse()) }, schema));
  expect([...reversed].filter(([n, split]) => found.get(n) !== split)).toEqual([]);
});

describe('by time the newest rows are the test', () => {
  const timed = (time: (n: number) => unknown, by: object | string = 'n') =>
    runShard(
      folders,
      { 'a.csv': `kind,n,at\n${Array.from({ length: 100 }, (_, n) => `a,${n},${time(n)}`).join('\n')}` },
      { label: 'kind', features: [by], split: { by: 'time', column: 'at' } },
      SHARES,
    );
  const order = (found: Map<number, Split>) =>
    ['train', 'validation', 'test'].map((name) =>
      [...found].filter(([, split]) => split === name).map(([n]) => n),
    );

  test.each<[string, (n: number) => unknown]>([
    ['dates', (n) => new Date(Date.UTC(2024, 0, 1 + n)).toISOString().slice(0, 10)],
    ['dates with zones', (n) => `${new Date(Date.UTC(2024, 0, 1, 10 * n)).toISOString().slice(0, 19)}+02:00`],
    ['numbers', (n) => n - 50],
  ])('of %s', async (_what, time) => {
    const [train, validation, test] = order(places(await timed(time)));
    expect([train!.length, validation!.length, test!.length]).toEqual([50, 20, 30]);
    expect(Math.max(...train!)).toBeLessThan(Math.min(...validation!));
    expect(Math.max(...validation!)).toBeLessThan(Math.min(...test!));
  });

  test('and rows of one time stay together', async () => {
    const found = places(await timed((n) => `2024-01-${String(1 + Math.floor(n / 25)).padStart(2, '0')}`));
    expect(order(found).map(({ length }) => length)).toEqual([50, 25, 25]);
    expect(order(places(await timed(() => 7))).map(({ length }) => length)).toEqual([100, 0, 0]);
  });

  test('and a row whose time cannot be read is set aside', async () => {
    const { report } = await timed((n) => (n % 10 ? `2024-01-${10 + (n % 10)}` : 'soon'));
    expect(report.rejected).toBe(10);
    expect(report.problems).toMatchObject([{ column: 'at', reason: 'not a date in ISO 8601', rows: 10 }]);
  });
});
