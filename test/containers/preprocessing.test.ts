import { readFileSync } from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { CONTAINERS, Program, temporaryFolders } from './support/program';
import { BROKEN, FORM_ROWS, FORM_SCHEMA, FORMS } from './support/forms';
import { runShard } from './support/shard';

const folders = temporaryFolders();
const SCHEMA = { label: 'kind', classes: ['a', 'b'], features: ['x', 'y'] };

test('every form of a file is read alike, all in one shard', async () => {
  const shard = await runShard(
    folders,
    Object.fromEntries(FORMS.map(({ file, content }) => [file, content])),
    FORM_SCHEMA,
  );
  const { files, rows, rejected } = shard.report;
  expect({ rows: rows.train, rejected }).toEqual({ rows: 2 * FORMS.length, rejected: 0 });
  expect(files.map(({ name, rows }) => [name, rows]).sort()).toEqual(
    FORMS.map(({ file }) => [file, 2]).sort(),
  );
  expect(shard.description('train').columns).toEqual([
    ...['name', 'x', 'when: day', 'when: hour', 'when: weekday', 'when: day of year', 'when is missing'],
  ]);
  const march = {
    'when: day': 8826,
    'when: hour': 0,
    'when: weekday': 4,
    'when: day of year': 61,
    'when is missing': 0,
  };
  const none = {
    'when: day': NaN,
    'when: hour': NaN,
    'when: weekday': NaN,
    'when: day of year': NaN,
    'when is missing': 1,
  };
  const expected = FORM_ROWS.map(({ name, x, when }) => ({ name, x, ...(when ? march : none) }));
  expect(shard.matrix('train')).toEqual(FORMS.flatMap(() => expected));
});

test.each(BROKEN)('a file that is %s fails the job', async (_what, file, content, message) => {
  await expect(runShard(folders, { [file]: content }, FORM_SCHEMA)).rejects.toThrow(message);
});

const ROWS = Array.from({ length: 40_000 }, (_, row) => `${row % 2 ? 'a' : 'b'},${Math.sin(row)},${row}`);
const LONG = `kind,x,y\n${ROWS.join('\n')}\n`;

test.each<[string, string, Buffer, RegExp]>([
  [
    'a cut archive',
    'a.csv.gz',
    zlib.gzipSync(LONG).subarray(0, 300_000),
    /^a\.csv\.gz: is cut or damaged: .*upload it again$/,
  ],
  [
    'a cut archive of zstd',
    'a.csv.zst',
    zlib.zstdCompressSync(LONG).subarray(0, 300_000),
    /^a\.csv\.zst: is cut or damaged/,
  ],
  [
    'UTF-8 at first',
    'a.csv',
    Buffer.concat([Buffer.from(LONG), Buffer.from('\xe4,1,2\n', 'latin1')]),
    /^a\.csv: line 40002 is not UTF-8, .*1,2; save the whole file as UTF-8$/,
  ],
  [
    'UTF-16 at first',
    'a.csv',
    Buffer.concat([Buffer.from(LONG, 'utf16le'), Buffer.from([0, 0xd8, 0x20, 0])]),
    /^a\.csv: begins as utf-16le but holds other bytes too/,
  ],
  [
    'a quotation mark left open',
    'a.csv',
    Buffer.from(`${LONG}"a,1,2\n`),
    /^a\.csv: a quotation mark in line 40002 is never closed: .*; close it/,
  ],
  [
    'a quotation mark left open in the middle',
    'a.csv',
    Buffer.from(`kind,x,y\na,1,2\n"a,1,2\n${ROWS.join('\n')}\n"a",1,2\n${'b,3,4\n'.repeat(1000)}`),
    /^a\.csv: a quotation mark in line 3 is never closed: "a,1,2\\u\{a\}/,
  ],
  [
    'a line that is no JSON',
    'a.jsonl',
    Buffer.from(`${'{"kind": "a", "x": 1, "y": 2}\n'.repeat(20_000)}{"kind"\n`),
    /^a\.jsonl: is not JSON near line 2000[12] \(unexpected end of data\.\); write one JSON object a line$/,
  ],
  [
    'half a Parquet file',
    'a.parquet',
    Buffer.from('PAR1 and no end'),
    /^a\.parquet: begins like a Parquet file but cannot be read/,
  ],
])('%s fails the job, with the file and what to do', async (_what, file, content, message) => {
  await expect(
    runShard(folders, { 'good.csv': 'kind,x,y\na,1,2\n', [file]: content }, SCHEMA),
  ).rejects.toThrow(message);
});

describe('the program', () => {
  const run = (files: Record<string, string>, env: Record<string, string> = {}) => {
    const base = folders.create({ 'processing/input/schema/schema.json': JSON.stringify(SCHEMA), ...files });
    const variables = {
      SHARD_INDEX: '3',
      VALIDATION_FRACTION: '0.2',
      TEST_FRACTION: '0.2',
      RUN_ID: 'run-1',
      ...env,
    };
    const command = [process.execPath, path.join(CONTAINERS, 'preprocessing/main.ts')];
    return { base, program: new Program(command, base, variables) };
  };
  const message = (base: string) => readFileSync(path.join(base, 'output/message'), 'utf8');

  test('ends with status 0 and one line on the rows', async () => {
    const { program } = run({
      'processing/input/data/a.csv': 'kind,x,y\na,1,2\n',
      'processing/input/data/notes.md': '#',
    });
    expect(await program.ended).toMatchObject({
      status: 0,
      stderr: '',
      log: expect.stringMatching(
        /"notes.md"\nshard 3: 1 files; \d train, \d validation, \d test rows; 0 set aside\n/,
      ) as string,
    });
    expect(program.lines[0]).toMatchObject({ message: { runId: 'run-1' } });
  });

  test('ends with status 1 and a message if its input is at fault', async () => {
    const { base, program } = run({ 'processing/input/data/readme.md': 'x' });
    expect(await program.ended).toMatchObject({ status: 1, stderr: '' });
    expect(message(base)).toContain('the shard holds no data file (.csv, .tsv');
  });

  test('ends with status 2 if it is at fault itself, and says where', async () => {
    const { base, program } = run({
      'processing/input/data/a.csv': 'kind,x,y\na,1,2\n',
      'processing/output': 'in the way',
    });
    expect((await program.ended).status).toBe(2);
    expect(message(base)).toMatch(/^A bug in the program, see its log: Error: ENOTDIR/);
    expect(program.lines.at(-1)).toMatchObject({
      level: 'ERROR',
      message: { stackTrace: expect.any(String) as string },
    });
  });

  test.each([
    ['SHARD_INDEX', '-1', 'SHARD_INDEX: "-1" is not a whole number from 0 to 99999'],
    ['TEST_FRACTION', 'some', 'TEST_FRACTION: "some" is not a number in [0, 1)'],
    ['TEST_FRACTION', '0.8', 'their sum must stay below 1'],
  ])('refuses %s = %s', async (name, value, expected) => {
    const { base, program } = run({}, { [name]: value });
    expect((await program.ended).status).toBe(1);
    expect(message(base)).toContain(expected);
  });
});
