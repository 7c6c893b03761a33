import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { EXAMPLES, python, temporaryFolders, type Ended } from './support/program';

const SCHEMA = { label: 'kind', classes: ['a', 'b'], features: ['x', 'y'] };
const FRACTIONS = { VALIDATION_FRACTION: '0.2', TEST_FRACTION: '0.2' };
const folders = temporaryFolders();

interface Job {
  readonly base: string;
  readonly ended: Ended;
  read(file: string): string;
}

async function run(
  data: Record<string, string | Buffer>,
  schema: unknown = SCHEMA,
  env: Record<string, string> = {},
): Promise<Job> {
  const base = folders.create({
    'processing/input/schema/schema.json': typeof schema === 'string' ? schema : JSON.stringify(schema),
    ...Object.fromEntries(
      Object.entries(data).map(([name, text]) => [`processing/input/data/${name}`, text]),
    ),
  });
  const ended = await python('preprocessing/preprocess.py', base, { SHARD_INDEX: '3', ...FRACTIONS, ...env })
    .ended;
  return { base, ended, read: (file) => readFileSync(path.join(base, file), 'utf8') };
}

function output(job: Job, part: string): string[] {
  const lines = job.read(`processing/output/${part}/shard-00003.csv`).split('\n');
  expect(lines.pop()).toBe('');
  return lines;
}

function report(job: Job): Record<string, unknown> {
  return JSON.parse(job.read('processing/output/report/shard-00003.json')) as Record<string, unknown>;
}

function exampleFiles(example: string): Record<string, string> {
  const folder = path.join(EXAMPLES, example, 'data');
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]),
  );
}

const exampleSchema = (example: string) => readFileSync(path.join(EXAMPLES, example, 'schema.json'), 'utf8');

describe('a shard of the sample data', () => {
  let whole: Job;
  beforeAll(async () => {
    whole = await run(exampleFiles('breast-cancer'), exampleSchema('breast-cancer'));
  });

  test('keeps every row, in shares near those asked for', () => {
    expect(whole.ended).toMatchObject({ status: 0, complaints: '', stderr: '' });
    const { rows, rejected, files, classCounts } = report(whole) as {
      rows: Record<string, number>;
      rejected: number;
      files: unknown[];
      classCounts: Record<string, Record<string, number>>;
    };
    expect(rows.train! + rows.validation! + rows.test!).toBe(569);
    expect(rows.validation! / 569).toBeCloseTo(0.2, 1);
    expect(rows.test! / 569).toBeCloseTo(0.2, 1);
    expect(rejected).toBe(0);
    expect(files[0]).toEqual({ name: 'part-1.csv', rows: 143, rejected: 0 });
    expect(classCounts.test!.malignant! + classCounts.test!.benign!).toBe(rows.test);
    for (const split of ['train', 'validation', 'test'])
      expect(output(whole, split)).toHaveLength(rows[split]! + 1);
  });

  test('falls into the same splits however the objects are cut into shards', async () => {
    const files = Object.entries(exampleFiles('breast-cancer'));
    const shards = await Promise.all(
      [files.slice(0, 1), files.slice(1).reverse()].map((part) =>
        run(Object.fromEntries(part), exampleSchema('breast-cancer')),
      ),
    );
    for (const split of ['train', 'validation', 'test']) {
      const rows = shards.flatMap((shard) => output(shard, split).slice(1));
      expect(rows.sort()).toEqual(output(whole, split).slice(1).sort());
    }
  });
});

describe('rows', () => {
  test('are written with the class index, the features in the schema’s order, and exact numbers', async () => {
    const csv = '\uFEFFy,ignored,kind,"x"\r\n0.1,?,b,1e-3\r\n\r\n" 2 ",,"a",3.0000000000000004\r\n';
    const job = await run({ 'in/part.csv': csv }, SCHEMA, { TEST_FRACTION: '0', VALIDATION_FRACTION: '0' });
    expect(output(job, 'train')).toEqual(['label,x,y', '1,0.001,0.1', '0,3.0000000000000004,2.0']);
    expect(output(job, 'validation')).toEqual(['label,x,y']);
    expect(report(job)).toMatchObject({ shard: 3, files: [{ name: 'in/part.csv', rows: 2, rejected: 0 }] });
  });

  test('with equal content, or of one id, stay together', async () => {
    const equal = ['kind,x,y', ...Array.from({ length: 30 }, (_, i) => `a,${['1', '1.0', '1e0'][i % 3]},2`)];
    const rows = report(await run({ 'a.csv': equal.join('\n') })).rows as Record<string, number>;
    expect(Object.values(rows).sort()).toEqual([0, 0, 30]);

    const oneId = ['kind,x,y,patient', ...Array.from({ length: 30 }, (_, i) => `a,${i},2,p7`)];
    const byId = report(await run({ 'a.csv': oneId.join('\n') }, { ...SCHEMA, id: 'patient' }));
    expect(Object.values(byId.rows as Record<string, number>).sort()).toEqual([0, 0, 30]);
  });

  test.each([
    ['not a number', 'a,abc,1', 'x', 'abc', 'not a number'],
    ['digits grouped', 'a,1_000,1', 'x', '1_000', 'not a number'],
    ['digits of another script', 'a,١,1', 'x', '١', 'not a number'],
    ['an empty cell', 'a,1,', 'y', '', 'empty'],
    ['NaN', 'a,nan,1', 'x', 'nan', 'not finite'],
    ['infinity', 'a,1,-inf', 'y', '-inf', 'not finite'],
    ['more than 32 bits hold', 'a,1e39,1', 'x', '1e39', 'too large for a 32-bit float'],
    ['a field too few', 'a,1', '', '2', 'wrong number of fields, 3 expected'],
    ['a field too many', 'a,1,2,3', '', '4', 'wrong number of fields, 3 expected'],
    ['an unknown class', 'c,1,2', 'kind', 'c', 'not one of the classes "a", "b"'],
    ['no class', ',1,2', 'kind', '', 'empty'],
  ])('with %s are set aside and counted', async (_name, row, column, value, reason) => {
    const job = await run({ 'part.csv': `kind,x,y\na,1,2\n${row}\nb,3,4\n` });
    expect(job.ended.status).toBe(0);
    const example = { file: 'part.csv', line: 3, column, value, reason };
    expect(report(job)).toMatchObject({
      rejected: 1,
      examples: [example],
      files: [{ rows: 3, rejected: 1 }],
    });
    expect(output(job, 'rejected')).toHaveLength(2);
    expect(output(job, 'rejected')[1]).toContain(`part.csv,3,${column},${value},`);
  });

  test('set aside are all listed, the report shows the first five', async () => {
    const rows = Array.from({ length: 8 }, (_, index) => `a,bad${index},1`);
    const job = await run({ 'part.csv': `kind,x,y\n"a",1,"2"\n${rows.join('\n')}` });
    expect(output(job, 'rejected')).toHaveLength(9);
    const examples = report(job).examples as { value: string }[];
    expect(examples.map(({ value }) => value)).toEqual(['bad0', 'bad1', 'bad2', 'bad3', 'bad4']);
  });
});

const GOOD = 'kind,x,y\na,1,2\n';

test.each<[string, Record<string, string | Buffer>, string]>([
  ['no file', { 'readme.txt': 'x' }, 'no .csv file in this shard'],
  ['an empty file', { 'a.csv': GOOD, 'b.csv': '' }, 'b.csv: the file is empty'],
  ['a header alone', { 'a.csv': 'kind,x,y\n' }, 'a.csv: the file has a header but no rows'],
  ['a column twice', { 'a.csv': 'kind,x,x,y\na,1,1,2\n' }, 'a.csv: the header names the column "x" twice'],
  [
    'no feature',
    { 'a.csv': 'kind,x,z\na,1,2\n' },
    'column "y" of the schema is missing; the file has "kind", "x", "z"',
  ],
  ['no label', { 'a.csv': 'x,y\n1,2\n' }, 'column "kind" of the schema is missing'],
  [
    'bytes that are not UTF-8',
    { 'a.csv': Buffer.from('kind,x,y\n\xe4,1,2\n', 'latin1') },
    'a.csv, after line',
  ],
  ['a quote left open', { 'a.csv': `${GOOD}"a,1,2\n` }, 'a.csv, line 3: not readable as CSV'],
])('%s fails the job with a message', async (_name, data, message) => {
  const job = await run(data);
  expect(job.ended.status).toBe(1);
  expect(job.read('output/message')).toContain(message);
  expect(job.ended.complaints).toBe(`${job.read('output/message')}\n`);
});

test.each<[string, unknown, string]>([
  ['is not JSON', '{', 'schema.json: not JSON in UTF-8'],
  ['is no object', [], 'schema.json: [] is not an object'],
  ['has one class', { ...SCHEMA, classes: ['a'] }, 'classes: ["a"] is not a list of at least 2 names'],
  ['has no label', { ...SCHEMA, label: 7 }, 'label: 7 is not a name'],
  ['names a feature twice', { ...SCHEMA, features: ['x', 'x'] }, 'features[1]: "x" is named twice'],
  ['has its label among the features', { ...SCHEMA, features: ['kind'] }, '"kind" cannot be used'],
  ['has a feature called label', { ...SCHEMA, features: ['label'] }, '"label" cannot be used'],
  ['has an id that is the label', { ...SCHEMA, id: 'kind' }, 'id: "kind" is the label already'],
  ['has an unknown key', { ...SCHEMA, class: [] }, 'unknown key "class"'],
])('a schema that %s fails the job with a message', async (_name, schema, message) => {
  const job = await run({ 'a.csv': GOOD }, schema);
  expect(job.ended.status).toBe(1);
  expect(job.read('output/message')).toContain(message);
});

test.each([
  ['SHARD_INDEX', '-1', 'SHARD_INDEX: "-1" is not a whole number from 0 to 99999'],
  ['TEST_FRACTION', 'some', 'TEST_FRACTION: "some" is not a number in [0, 1)'],
  ['TEST_FRACTION', 'nan', 'TEST_FRACTION: "nan" is not a number in [0, 1)'],
  ['TEST_FRACTION', '0.8', 'their sum must stay below 1'],
])('%s = %s fails the job with a message', async (name, value, message) => {
  const job = await run({ 'a.csv': GOOD }, SCHEMA, { [name]: value });
  expect(job.ended.status).toBe(1);
  expect(job.read('output/message')).toContain(message);
});

test('a bug ends the job with status 2, its last line in the message and the whole trace in the log', async () => {
  const base = folders.create({
    'processing/input/data/a.csv': GOOD,
    'processing/input/schema/schema.json': JSON.stringify(SCHEMA),
    'processing/output': 'a file in the way of the folder',
  });
  const env = { SHARD_INDEX: '0', ...FRACTIONS, RUN_ID: 'run-1' };
  const program = python('preprocessing/preprocess.py', base, env);
  expect((await program.ended).status).toBe(2);
  expect(program.lines).toMatchObject([
    {
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      level: 'ERROR',
      message: { runId: 'run-1', stackTrace: expect.stringContaining('Traceback') as string },
    },
  ]);
  expect(readFileSync(path.join(base, 'output/message'), 'utf8')).toMatch(
    /^A bug in the program, .*NotADirectory/,
  );
});
