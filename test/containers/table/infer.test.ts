import path from 'node:path';
import { inferSchema } from '../../../containers/preprocessing/profile';
import { checkLearnable, inferFrom } from '../../../containers/table/infer';
import { parseSchema, type Task } from '../../../containers/table/schema';
import { EXAMPLES, temporaryFolders } from '../support/program';

const folders = temporaryFolders();
const ROWS = 200;
const column = (cell: (row: number) => string | number | null) =>
  Array.from({ length: ROWS }, (_, row) => {
    const value = cell(row);
    return value === null ? null : String(value);
  });
const CLASSES = column((row) => ((row * 7) % 3 === 0 ? 'a' : 'b'));

/** Returns the result for one column with a label of classes. */
function feature(cells: (string | null)[], label = CLASSES, task?: Task) {
  const { schema, columns } = inferFrom(
    new Map([
      ['x', cells],
      ['other', column((row) => Math.sin(row))],
      ['y', label],
    ]),
    'y',
    task,
  );
  const { role, type, warnings } = columns[0]!;
  return { written: schema.features[0], role, type, warnings: warnings.join() };
}
const unique = column((row) => `C-${row * 37}`);

test.each<[string, (string | null)[], object]>([
  ['numbers', column((row) => row / 7), { written: 'x', warnings: '' }],
  ['numbers and empty cells', column((row) => (row % 9 ? row / 7 : null)), { written: 'x' }],
  ['numbers and question marks', column((row) => (row % 9 ? row / 7 : '?')), { written: 'x', warnings: '' }],
  ['numbers of two values', column((row) => row % 2), { written: 'x' }],
  [
    'numbers and a word',
    column((row) => (row ? row / 7 : 'none')),
    { written: 'x', warnings: expect.stringMatching(/^1 cells are not numbers/) },
  ],
  ['yes and no', column((row) => (row % 2 ? 'yes' : 'no')), { written: { name: 'x', type: 'boolean' } }],
  ['dates', column((row) => `2024-01-${10 + (row % 20)}`), { written: { name: 'x', type: 'datetime' } }],
  ['words', column((row) => `w${row % 30}`), { written: { name: 'x', type: 'category' }, warnings: '' }],
  [
    'rare words',
    column((row) => `w${row % 90}`),
    { written: { name: 'x', type: 'category' }, warnings: expect.stringContaining('90 distinct values') },
  ],
  ['sentences', column((row) => `this is sentence number ${row}`), { written: { name: 'x', type: 'text' } }],
  ['ids', unique, { role: 'ignored', warnings: expect.stringContaining('as an id has') }],
  [
    'row numbers',
    column((row) => row + 1),
    { role: 'ignored', warnings: expect.stringContaining('as an id has') },
  ],
  ['one value', column(() => 7), { role: 'ignored', warnings: expect.stringContaining('the same value') }],
  [
    'nothing',
    column(() => null),
    { role: 'ignored', type: null, warnings: expect.stringContaining('every cell is empty') },
  ],
  [
    'dates as people write them',
    column((row) => `${1 + (row % 12)}/4/2024`),
    { role: 'ignored', warnings: expect.stringContaining('write them as 2024-03-01') },
  ],
  [
    'amounts',
    column((row) => `${row % 40} €`),
    { type: 'category', warnings: expect.stringContaining('units or separators') },
  ],
  [
    'amounts that all differ',
    column((row) => `$1,${100 + row}.50`),
    { role: 'ignored', warnings: expect.stringContaining('units or separators') },
  ],
  [
    'the label in other words',
    CLASSES.map((label) => `is ${label}`),
    { role: 'feature', warnings: expect.stringContaining('predicts the label by itself') },
  ],
])('a column of %s', (_what, cells, expected) => {
  expect(feature(cells)).toMatchObject(expected);
});

test.each<[string, (string | null)[], Task | undefined, object, string]>([
  ['words', CLASSES, undefined, { label: 'y' }, ''],
  ['few numbers', column((row) => row % 5), undefined, { label: 'y' }, ''],
  [
    'many numbers',
    column((row) => row / 2),
    undefined,
    { label: 'y', task: 'regression' },
    'for classes write "task": "classification"',
  ],
  [
    'many numbers that are classes',
    column((row) => row),
    'classification',
    { label: 'y' },
    'has 200 classes; is it the right column?',
  ],
  [
    'empty cells too',
    column((row) => (row % 4 ? `${row % 3}` : null)),
    undefined,
    { label: 'y' },
    '50 rows have no label',
  ],
])('a label of %s', (_what, label, task, expected, warning) => {
  const { schema, columns } = inferFrom(
    new Map([
      ['x', column((row) => Math.sin(row))],
      ['y', label],
    ]),
    'y',
    task,
  );
  expect(schema).toMatchObject(expected);
  expect(Object.hasOwn(schema, 'task')).toBe(Object.hasOwn(expected, 'task'));
  expect(columns[1]!.warnings.join()).toContain(warning);
});

test.each<[string, (string | null)[], Task | undefined, string]>([
  ['one value', column(() => 'a'), undefined, 'label "y": every row has the same value, "a"'],
  ['nothing', column(() => null), undefined, 'label "y": every cell is empty'],
  ['words, as a number', CLASSES, 'regression', '200 of 200 cells are not numbers, e.g. "b"'],
])('a label of %s is refused', (_what, label, task, message) => {
  const table = new Map([
    ['y', label],
    ['x', column((row) => Math.sin(row))],
  ]);
  expect(() => checkLearnable(inferFrom(table, 'y', task))).toThrow(message);
});

test('a table without a column to learn from is refused, with the reasons', () => {
  const table = new Map([
    ['y', CLASSES],
    ['x', unique],
  ]);
  expect(() => checkLearnable(inferFrom(table, 'y'))).toThrow(
    /no column is left .*\n- column "x": left out: nearly every row/,
  );
});

test('a number that is the label in another unit is reported', () => {
  const label = column((row) => Math.sin(row));
  expect(
    feature(
      column((row) => 100 * Math.sin(row) + 3),
      label,
    ).warnings,
  ).toContain('predicts the label by itself');
});

test.each(['churn', 'houses', 'penguins', 'iris'])(
  'the schema proposed for %s can be used as it is',
  async (example) => {
    const label = { churn: 'churned', houses: 'price', penguins: 'species', iris: 'species' }[example]!;
    const proposed = await inferSchema(path.join(EXAMPLES, example, 'data'), label);
    const schema = parseSchema(JSON.stringify(proposed.schema), 'schema.json');
    expect(schema).toMatchObject({ label, task: example === 'houses' ? 'regression' : 'classification' });
    expect(proposed.rows).toBeGreaterThanOrEqual(150);
  },
);

test('files of several formats are one table; a missing label is an error', async () => {
  const folder = folders.create({
    'a.csv': `y;x;z\n${Array.from({ length: 30 }, (_, row) => `${row % 2 ? 'k' : 'l'};${row},5;u${row % 3}`).join('\n')}`,
    'b.jsonl': '{"y": "k", "x": 1.25, "z": "u1", "more": true}\n{"y": "l", "x": null, "nested": {"a": 1}}',
  });
  const { schema, columns } = await inferSchema(folder, 'y');
  expect(schema.features).toEqual(['x', { name: 'z', type: 'category' }]);
  expect(columns.map(({ name, type, range }) => [name, type, range])).toEqual([
    ['y', 'category', null],
    ['x', 'number', ['0.5', '29.5']],
    ['z', 'category', null],
    ['more', null, null],
    ['nested', null, null],
  ]);
  await expect(inferSchema(path.join(folder, 'a.csv'), 'Y')).rejects.toThrow(
    'there is no column "Y" (did you mean "y"?); the data has "y", "x", "z"',
  );
});

test.each([
  ['customer_id', 'ignored'],
  ['orderNo', 'ignored'],
  ['ID', 'ignored'],
  ['paid', 'feature'],
  ['population', 'feature'],
])('whole numbers with gaps, each once, are an id where the name says so: %s is %s', (name, role) => {
  const { columns } = inferFrom(
    new Map([
      [name, column((row) => row * 37)],
      ['other', column((row) => Math.sin(row))],
      ['y', CLASSES],
    ]),
    'y',
    undefined,
  );
  expect(columns[0]!.role).toBe(role);
});
