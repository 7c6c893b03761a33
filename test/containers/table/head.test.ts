import { checkHead } from '../../../containers/table/check-head';
import { isDataFile, readHead } from '../../../containers/table/head';
import { parseSchema } from '../../../containers/table/schema';
import { BROKEN, FORM_ROWS, FORM_SCHEMA, FORMS } from '../support/forms';

const schema = parseSchema(JSON.stringify(FORM_SCHEMA), 'schema.json');
const head = (text: string | Buffer, name = 'a.csv', of = schema) => readHead(Buffer.from(text), name, of);
const withFeature = (feature: object | string, more: object = {}) =>
  parseSchema(JSON.stringify({ label: 'y', features: [feature], ...more }), 'schema.json');

test.each(FORMS)('$file is recognised by its bytes', ({ file, content, head: expected }) => {
  expect(isDataFile(file)).toBe(true);
  const found = readHead(content, file, schema);
  expect(found).toMatchObject(expected);
  const rows = found.rows.map((row) => {
    const cell = (name: string) => row[found.columns.indexOf(name)]!.trim();
    return { name: cell('name'), x: Number(cell('x').replace(',', '.')), when: cell('when') };
  });
  expect(rows).toEqual(FORM_ROWS);
  expect(() => checkHead(found, schema, file)).not.toThrow();
});

test.each(BROKEN)('a file that is %s is refused', (_what, file, content, message) => {
  expect(() => checkHead(readHead(content, file, schema), schema, file)).toThrow(message);
});

test('a file of which only the start is known may end anywhere', () => {
  const row = 'Zoë,1.5,2024-03-01\n';
  const whole = Buffer.from(`name,x,when\n${row.repeat(20_000)}`);
  for (const size of [2 ** 18, 2 ** 18 + 1, 2 ** 18 + 2, 2 ** 18 + 3]) {
    const { rows, complete, encoding } = readHead(whole.subarray(0, size), 'a.csv', schema);
    expect({ complete, encoding, width: new Set(rows.map(({ length }) => length)) }).toEqual({
      ...{ complete: false, encoding: 'utf-8', width: new Set([3]) },
    });
  }
});

test.each([
  ['data.csv', true],
  ['DATA.TXT', true],
  ['a/b.parquet', true],
  ['x.jsonl.zst', true],
  ['x.csv.bz2', false],
  ['schema.md', false],
  ['a/my-table.schema.json', false],
  ['Schema.json', false],
  ['schemata.json', true],
  ['csv', false],
])('%s is a data file: %s', (name, expected) => expect(isDataFile(name)).toBe(expected));

test.each([
  ['words', ['basic', 'pro', 'pro'], 'declare "x" as a category: {"name":"x","type":"category"}'],
  ['dates', ['2024-03-01', '2024-03-02'], 'declare "x" as a datetime'],
  ['truth values', ['yes', 'no', 'yes'], 'declare "x" as a boolean'],
  ['thousands', ['1,234', '12,345'], 'without separators of thousands'],
  ['units', ['12 €', '3 €'], 'write only the number'],
  ['amounts with words', ['about 5', 'about 6'], 'declare "x" as a category'],
  ['huge numbers', ['1e39', '2e40'], 'too large for a 32-bit float, e.g. "1e39", "2e40"; divide'],
])('a number column of %s gets its own remedy', (_what, cells, remedy) => {
  const file = head(`y,x\n${cells.map((cell) => `a,"${cell}"`).join('\n')}\n`);
  expect(() => checkHead(file, withFeature('x'), 'a.csv')).toThrow(remedy);
});

test('all faulty columns are reported together, with rows and examples', () => {
  const text = 'y,x,when,ok\n1,a,03/04/2024,1\n0,b,04/05/2024,2\n2,,05/06/2024,x\n';
  const wanted = {
    label: 'y',
    classes: ['yes', 'no'],
    features: ['x', 'ok', { name: 'when', type: 'datetime' }],
  };
  const parsed = parseSchema(JSON.stringify(wanted), 'schema.json');
  let message = '';
  try {
    checkHead(head(text, 'a.csv', parsed), parsed, 'a.csv');
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message.split('\n')).toEqual([
    'a.csv:',
    expect.stringContaining(
      'column "y": 3 of the first 3 rows are not one of the classes "yes", "no", e.g. "1", "0", "2"',
    ),
    expect.stringContaining(
      'column "x": 2 of the first 3 rows are not a number, e.g. "a", "b"; declare "x" as a category',
    ),
    expect.stringContaining(
      'column "when": 3 of the first 3 rows are not a date in ISO 8601, e.g. "03/04/2024"',
    ),
  ]);
});

test('rows of another length than the header are reported before their cells', () => {
  expect(() => checkHead(head('y,x\na,1,2\nb,1,2\n'), withFeature('x'), 'a.csv')).toThrow(
    '2 of the first 2 rows have another number of fields than the header, e.g. 3 instead of 2',
  );
});

test('messages have no terminal control characters', () => {
  const file = head('y,x\na,\u001b[31mred\n');
  expect(() => checkHead(file, withFeature('x'), 'a.csv')).toThrow('"\\u{1b}[31mred"');
});
