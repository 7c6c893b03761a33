import { parseSchema, schemaColumns } from '../../../containers/table/schema';

const parse = (value: unknown) =>
  parseSchema(typeof value === 'string' ? value : JSON.stringify(value), 'schema.json');
const GOOD = { label: 'y', features: ['x'] };
const OF_NUMBER = { type: 'number', missing: 'impute', values: null, min: null, max: null };

test('defaults are filled in, names are trimmed and composed as headers are', () => {
  const schema = parse(
    `\uFEFF${JSON.stringify({
      label: ' y ',
      classes: [true, 1, 'no '],
      features: [
        'cafe\u0301',
        { name: 'plan', type: 'category', values: [1, 'b'] },
        { name: 'when', type: 'datetime' },
      ],
      split: { by: 'time', column: ' at' },
    })}`,
  );
  expect(schema).toEqual({
    task: 'classification',
    label: 'y',
    classes: ['true', '1', 'no'],
    features: [
      { ...OF_NUMBER, name: 'café' },
      { ...OF_NUMBER, name: 'plan', type: 'category', missing: 'own-value', values: ['1', 'b'] },
      { ...OF_NUMBER, name: 'when', type: 'datetime' },
    ],
    id: null,
    timeColumn: 'at',
  });
  expect(schemaColumns(schema)).toEqual(['y', 'café', 'plan', 'when', 'at']);
  expect(schemaColumns(parse({ ...GOOD, id: ' who' }))).toEqual(['y', 'x', 'who']);
});

test.each(['__proto__', 'constructor', 'toString', 'a.b', 'a "b"\nc', "it's"])(
  '%j is a name like any other',
  (name) => {
    const text = JSON.stringify({ label: 'y', features: [name] });
    expect(schemaColumns(parse(text))).toEqual(['y', name]);
  },
);

test.each<[string, unknown, string]>([
  ['is not JSON', '{', 'schema.json: not JSON'],
  ['is no object', [], 'schema.json: [] is not an object'],
  ['has no label', { features: ['x'] }, '"label" is missing; give the name of the column'],
  ['has a number for a label', { ...GOOD, label: 7 }, '"label" is 7;'],
  [
    'has an unknown field',
    { ...GOOD, clases: [] },
    '"clases" is []; there is no such field; did you mean "classes"?',
  ],
  [
    'has a field of the prototype',
    '{"label": "y", "features": ["x"], "__proto__": 1}',
    '"__proto__" is 1; there is no such field',
  ],
  ['has one class', { ...GOOD, classes: ['a'] }, '"classes" is ["a"]; name at least two'],
  ['names a class twice', { ...GOOD, classes: [1, '1'] }, '"classes" is "1"; it is named twice'],
  [
    'has classes of a number',
    { ...GOOD, task: 'regression', classes: ['a', 'b'] },
    'regression predicts a number and has no classes',
  ],
  [
    'has an unknown task',
    { ...GOOD, task: 'ranking' },
    '"task" is "ranking"; write "classification" or "regression"',
  ],
  ['has no feature', { ...GOOD, features: [] }, '"features" is []; give a list'],
  [
    'names a feature twice',
    { ...GOOD, features: ['x', { name: ' x', type: 'text' }] },
    '"features[1]" is "x"; it is named twice',
  ],
  [
    'has its label among the features',
    { ...GOOD, features: ['y'] },
    '"features[0]" is "y"; the label cannot be a feature',
  ],
  ['has its id among the features', { ...GOOD, id: 'x' }, '"features[0]" is "x"; the id cannot be a feature'],
  ['has an id that is the label', { ...GOOD, id: 'y' }, '"id" is "y"; it is the label already'],
  [
    'has an unknown type',
    { ...GOOD, features: [{ name: 'x', type: 'float' }] },
    '"features[0].type" is "float"; write one of "number"',
  ],
  [
    'has a type of the prototype',
    { ...GOOD, features: [{ name: 'x', type: 'constructor' }] },
    '"features[0].type" is "constructor"',
  ],
  ['has no type', { ...GOOD, features: [{ name: 'x' }] }, '"features[0].type" is missing'],
  [
    'has values of a number',
    { ...GOOD, features: [{ name: 'x', type: 'number', values: [1] }] },
    'only a category has values',
  ],
  [
    'has a minimum of a text',
    { ...GOOD, features: [{ name: 'x', type: 'text', min: 1 }] },
    '"features[0].min" is 1; only a number has one',
  ],
  [
    'has min above max',
    { ...GOOD, features: [{ name: 'x', type: 'number', min: 2, max: 1 }] },
    '"features[0].min" is 2; it is above "max"',
  ],
  [
    'splits by something else',
    { ...GOOD, split: { by: 'hash' } },
    '"split" is {"by":"hash"}; write {"by": "time"',
  ],
  [
    'splits by the label',
    { ...GOOD, split: { by: 'time', column: 'y' } },
    '"split.column" is "y"; it is the label already',
  ],
  [
    'has an id and a split by time',
    { ...GOOD, id: 'z', split: { by: 'time', column: 'at' } },
    '"id" is "z"; a split by time does not keep the rows of one id together',
  ],
  [
    'splits by a category',
    { label: 'y', features: [{ name: 'x', type: 'category' }], split: { by: 'time', column: 'x' } },
    'it is a category among the features',
  ],
])('a schema that %s is refused', (_what, schema, message) => {
  expect(() => parse(schema)).toThrow(message);
});

test('every fault is reported, one line each', () => {
  const faulty = { task: 'x', features: ['a', 'a', { name: 'b', type: 'number', min: 'low', size: 1 }] };
  expect(() => parse(faulty)).toThrow(
    /"label".*\n.*"task".*\n.*"features\[2\]\.size".*\n.*"features\[2\]\.min".*\n.*"features\[1\]"/,
  );
});
