import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Database } from '../../containers/preprocessing/database';
import { temporaryFolders } from './support/program';
import { runShard } from './support/shard';

const folders = temporaryFolders();
const SCHEMA = {
  label: 'kind',
  classes: ['a', 'b'],
  features: [
    { name: 'x', type: 'number', min: 0, max: 10 },
    { name: 'y', type: 'number', missing: 'reject' },
    { name: 'plan', type: 'category', values: ['basic', 'pro'] },
    { name: 'ok', type: 'boolean' },
    { name: 'when', type: 'datetime' },
    { name: 'note', type: 'text' },
  ],
  id: 'who',
};
const HEADER = 'who,kind,x,y,plan,ok,when,note';
const GOOD = '1,a,1,2,basic,yes,2024-03-01,fine';

describe('a row is set aside', () => {
  const BAD: readonly (readonly [row: string, column: string, value: string, reason: string])[] = [
    ['1,c,1,2,pro,no,,', 'kind', 'c', 'not one of the classes "a", "b"'],
    ['1,,1,2,pro,no,,', 'kind', '', 'empty'],
    [',a,1,2,pro,no,,', 'who', '', 'empty'],
    ['1,a,abc,2,pro,no,,', 'x', 'abc', 'not a number'],
    ['1,a,1_0,2,pro,no,,', 'x', '1_0', 'not a number'],
    ['1,a,-1,2,pro,no,,', 'x', '-1', 'below the minimum 0'],
    ['1,a,11,2,pro,no,,', 'x', '11', 'above the maximum 10'],
    ['1,a,1,NA,pro,no,,', 'y', 'NA', 'empty'],
    ['1,a,1,1e39,pro,no,,', 'y', '1e39', 'too large for a 32-bit float'],
    ['1,a,1,2,gold,no,,', 'plan', 'gold', 'not one of the values "basic", "pro"'],
    ['1,a,1,2,pro,maybe,,', 'ok', 'maybe', 'not a boolean'],
    ['1,a,1,2,pro,no,03/04/2024,', 'when', '03/04/2024', 'not a date in ISO 8601'],
    ['1,a,1,2,pro,no,', '', '1,a,1,2,pro,no,', 'has 7 fields, the header 8'],
    ['1,a,1,2,pro,no,,,9', '', '1,a,1,2,pro,no,,,9', 'has more fields than the header, which has 8'],
    ['1,a,1,2,pro,no,,"x"y', '', '1,a,1,2,pro,no,,"x"y', 'has text after a closing quotation mark'],
  ];

  test('for each fault there is, with file, row, column, value and reason', async () => {
    const text = [HEADER, GOOD, ...BAD.map(([row]) => row), GOOD].join('\n');
    const { report, ...shard } = await runShard(folders, { 'a/part.csv': text }, SCHEMA).then((ran) => ({
      report: ran.report,
      rejected: ran.rejected(),
    }));
    expect(shard.rejected).toEqual(
      BAD.map(([, column, value, reason], index) => ['a/part.csv', String(index + 2), column, value, reason]),
    );
    expect(report).toMatchObject({ rows: { train: 2 }, rejected: BAD.length });
    expect(report.files).toMatchObject([{ name: 'a/part.csv', rows: BAD.length + 2, rejected: BAD.length }]);
    expect(report.problems).toHaveLength(BAD.length - 1);
    expect(report.problems).toContainEqual({
      ...{ file: 'a/part.csv', column: 'x', reason: 'not a number', rows: 2 },
      remedy: 'correct the cells, or leave them empty',
      examples: [
        { row: 5, value: 'abc' },
        { row: 6, value: '1_0' },
      ],
    });
  });

  test('and a line of separators alone, as spreadsheets export them, is no row', async () => {
    const empty = ','.repeat(HEADER.split(',').length - 1);
    const { report } = await runShard(
      folders,
      { 'part.csv': [HEADER, GOOD, empty, GOOD, empty].join('\n') },
      SCHEMA,
    );
    expect(report).toMatchObject({ rejected: 0, rows: { train: 2 }, files: [{ rows: 2 }] });
  });

  test('once, with all of its bad cells', async () => {
    const shard = await runShard(folders, { 'part.csv': `${HEADER}\n,c,x,,gold,maybe,soon,\n` }, SCHEMA);
    expect(shard.report).toMatchObject({ rejected: 1, rows: { train: 0, validation: 0, test: 0 } });
    expect(shard.rejected().map(([, row, column]) => [row, column])).toEqual(
      ['kind', 'x', 'y', 'plan', 'ok', 'when', 'who'].map((column) => ['1', column]),
    );
    expect(shard.description('train')).toMatchObject({ rows: 0, parts: [] });
  });

  test('and a wrongly declared column is reported', async () => {
    const wrong = { label: 'kind', features: ['plan', 'x'] };
    const rows = Array.from({ length: 30 }, (_, row) => `a,${row % 3 ? 'basic' : 'pro'},${row}`);
    const { report } = await runShard(folders, { 'part.csv': `kind,plan,x\n${rows.join('\n')}` }, wrong);
    expect(report.problems).toMatchObject([
      { column: 'plan', rows: 30, remedy: 'declare "plan" as a category: {"name":"plan","type":"category"}' },
    ]);
  });
});

test('names that differ by case, or have quotes, dots, line breaks or a prototype’s name, are valid columns', async () => {
  const names = ['a', 'A', 'a "b"', 'a.b', "it’s; 'x'", 'two\nlines', '__proto__', 'constructor', '/~0'];
  const quoted = names.map((name) => `"${name.replaceAll('"', '""')}"`).join(',');
  const values = names.map((_, index) => index);
  const object = JSON.parse(
    `{"kind": "k", ${names.map((name, index) => `${JSON.stringify(name)}: ${index}`).join(', ')}}`,
  );
  const shard = await runShard(
    folders,
    { 'a.csv': `kind,${quoted}\nk,${values.join(',')}\n`, 'b.jsonl': JSON.stringify(object) },
    { label: 'kind', features: names },
    { validation: 0.999 },
  );
  expect(shard.description('validation').columns).toEqual(['kind', ...names]);
  const [header, ...rows] = shard.csv('scoring/validation/shard-00007.csv');
  expect(header).toEqual(['kind', ...names]);
  expect(rows).toEqual([0, 1].map(() => ['k', ...values.map((value) => `${value}.0`)]));
  expect(Object.keys(shard.report.features)).toEqual(names);
});

test('types of Parquet and JSON become the texts that CSV has', async () => {
  const folder = folders.create();
  const file = path.join(folder, 'x.parquet');
  const db = await Database.open(folder, 1);
  await db.run(`COPY (SELECT true AS kind, 1.1::FLOAT AS x, 7::BIGINT AS n, 1.25::DECIMAL(9, 3) AS d, DATE '2024-03-01' AS "when",
      TIMESTAMPTZ '2024-03-01 12:00:00+02' AS at, 'é' AS word, [1] AS list
    UNION ALL SELECT false, 'nan', NULL, NULL, NULL, NULL, NULL, NULL) TO '${file}' (FORMAT parquet)`);
  db.close();
  const lines =
    '{"kind": true, "x": 1.1, "n": 7, "d": "1.25", "when": "2024-03-01", "at": "2024-03-01T10:00:00Z", "word": "é"}\n{"kind": false}';
  const schema = {
    label: 'kind',
    features: [
      'x',
      'n',
      'd',
      { name: 'when', type: 'datetime' },
      { name: 'at', type: 'datetime' },
      { name: 'word', type: 'category' },
    ],
  };
  const shard = await runShard(folders, { 'x.parquet': readFileSync(file), 'y.jsonl': lines }, schema, {
    test: 0.999,
  });
  const first = {
    kind: 'true',
    x: '1.1',
    n: '7.0',
    d: '1.25',
    when: '2024-03-01T00:00:00Z',
    at: '2024-03-01T10:00:00Z',
    word: 'é',
  };
  const empty = { kind: 'false', x: '', n: '', d: '', when: '', at: '', word: '' };
  expect(shard.scoring('test')).toEqual([first, empty, first, empty]);
  const nested = { label: 'kind', features: ['list'] };
  await expect(runShard(folders, { 'x.parquet': readFileSync(file) }, nested)).rejects.toThrow(
    '"list" hold objects or lists',
  );
  const other = { label: 'kind', features: ['N'] };
  await expect(runShard(folders, { 'x.parquet': readFileSync(file) }, other)).rejects.toThrow(
    'x.parquet: column "N" (did you mean "n"?) of the schema is missing; the file has "kind", "x"',
  );
});

test('columns that the champion needs go into the files for scoring, if every file has them', async () => {
  const champion = {
    features: ['x', 'old', 'gone'].map((name) => ({ name, type: 'number', missing: 'impute' })),
  };
  const files = { 'a.csv': 'kind,x,old,gone\nk,1,2,3\nk,1,bad,3\n', 'b.csv': 'old,kind,x\n4,k,1\n' };
  const schema = { label: 'kind', features: ['x'] };
  const shard = await runShard(folders, files, schema, { champion, test: 0.999 });
  expect(shard.report.rejected).toBe(0);
  expect(shard.scoring('test')).toEqual(['2.0', '', '4.0'].map((old) => ({ kind: 'k', x: '1.0', old })));
});

test('a class and a category may hold zero bytes', async () => {
  const rows = Array.from({ length: 300 }, () => '1,b,p').join('\n');
  const schema = { label: 'kind', features: ['x', { name: 'c', type: 'category' }] };
  const shard = await runShard(folders, { 'a.csv': `x,c,kind\n${rows}\n1,it's\0,q\0z\n` }, schema);
  expect(shard.description('train').dictionaries).toEqual({ kind: ['p', 'q\0z'], c: ['b', "it's\0"] });
});
