import { describeSchema } from '../../containers/table/describe';
import { Encoder } from '../../containers/table/encoder';
import type { Encoding, FeatureEncoding } from '../../containers/table/encoding';
import { escapeText, safeJson, showValue } from '../../containers/table/escape';
import { hashWords } from '../../containers/table/inputs';
import { categoryFeature, classLabel, encodingOf, numberFeature } from './support/linear-model';

const LABEL = classLabel('state', { sick: 3, well: 7 });
const DAY = 86_400_000;
const since: FeatureEncoding = {
  name: 'since',
  type: 'datetime',
  missing: 'impute',
  fill: 0,
  low: 0,
  high: 100 * DAY,
};

describe('an encoder', () => {
  test('puts the fills of the inputs where there is no value, whatever the feature says of itself', () => {
    const plain = encodingOf(LABEL, [
      numberFeature('age', { missing: 'own-value' }),
      since,
      categoryFeature('plan', ['a']),
    ]);
    const inputs = plain.inputs.map((input, index) => ({ ...input, fill: index + 10 }));
    const encoder = new Encoder({ ...plain, inputs });
    expect([...encoder.encodeObjects([{ age: null, since: null, plan: null }])]).toEqual([
      10, 1, 12, 13, 14, 15, 16,
    ]);
    expect([...encoder.encodeCells([['NA', '', ' ']], [0, 1, 2])]).toEqual([10, 1, 12, 13, 14, 15, 16]);
  });

  test('finds cells where their columns are, row by row', () => {
    const encoder = new Encoder(encodingOf(LABEL, [numberFeature('a'), numberFeature('b')]));
    const records = [
      ['x', '2', '1'],
      ['x', ' 4 ', '3e0'],
    ];
    expect([...encoder.encodeCells(records, [2, 1])]).toEqual([1, 2, 3, 4]);
  });

  test('counts the words of a text', () => {
    const text: FeatureEncoding = { name: 'review', type: 'text', missing: 'own-value', buckets: 256 };
    const encoder = new Encoder(encodingOf(LABEL, [text]));
    const [good, none] = [new Float32Array(256), new Float32Array(256)];
    hashWords('good', good, 0);
    const bucket = good.findIndex((count) => count > 0);
    const values = encoder.encodeObjects([{ review: 'Good, good: GOOD!' }, { review: '' }, { review: null }]);
    expect(values[bucket]).toBeCloseTo(Math.log(4), 6);
    expect([...values.subarray(257, 2 * 257)]).toEqual([...none, 0]);
    expect([...values.subarray(2 * 257)]).toEqual([...none, 1]);
  });

  // FNV-1a's published values: 0xe40c292c of "a", 0xbf9cf968 of "foobar"; the others by its definition, of UTF-8 bytes.
  test.each([
    ['A', 0xe40c292c],
    ['foobar', 0xbf9cf968],
    ['ﬁ', 0x5c22ded0],
    ['Straße', 0x2626f818],
  ])('hashes the word %s', (word, hash) => {
    const counts = new Float32Array(256);
    hashWords(word, counts, 0);
    expect(counts.findIndex((count) => count > 0)).toBe(hash % 256);
  });

  test('that is lenient takes what the schema refuses', () => {
    const encoding = encodingOf(LABEL, [
      numberFeature('age', { missing: 'reject', min: 0, fill: 7 }),
      categoryFeature('plan', ['a', 'b'], { missing: 'reject' }),
    ]);
    const lenient = new Encoder(encoding, { lenient: true });
    const records = [
      ['', 'b'],
      ['old', ''],
      ['-5', 'c'],
    ];
    expect([...lenient.encodeCells(records, [0, 1])]).toEqual([7, 1, 7, 0, -5, 2]);
    const strict = new Encoder(encoding);
    for (const record of records) {
      expect(() => strict.encodeCells([['1', 'a'], record], [0, 1])).toThrow(
        expect.objectContaining({ name: 'ValueFault', row: 1, feature: 'age' }) as Error,
      );
    }
  });

  test.each<[string, (inputs: Encoding['inputs']) => Encoding['inputs'], string]>([
    ['too few', (inputs) => inputs.slice(1), 'input 0 is "b", but the features make it "a"'],
    ['too many', (inputs) => [...inputs, inputs[0]!], 'input 2 is "a", but the features make it undefined'],
  ])('refuses an encoding of %s inputs', (_name, change, message) => {
    const encoding = encodingOf(LABEL, [numberFeature('a'), numberFeature('b')]);
    expect(() => new Encoder({ ...encoding, inputs: change(encoding.inputs) })).toThrow(message);
  });
});

test.each([
  ['plain text, ünïcode 🎉', 'plain text, ünïcode 🎉'],
  ['\u001b[31mred\u0007\u0000', '\\u{1b}[31mred\\u{7}\\u{0}'],
  ['\u202eevil\u2066\u200f\u2028\n\t\u009b', '\\u{202e}evil\\u{2066}\\u{200f}\\u{2028}\\u{a}\\u{9}\\u{9b}'],
  ['\ud800', '\\u{d800}'],
  ['x'.repeat(81), `${'x'.repeat(80)}…`],
  [`${'x'.repeat(78)}\u001b`, `${'x'.repeat(78)}…`],
])('%j is shown as %j', (text, shown) => {
  expect(escapeText(text)).toBe(shown);
});

test('any value is shown as JSON', () => {
  expect([undefined, null, 1, 'a"', ['\u001b'], {}].map((value) => showValue(value))).toEqual([
    'nothing',
    'null',
    '1',
    '"a""',
    '["\\u001b"]',
    '{}',
  ]);
});

test('JSON is shown so that a terminal takes no command from it, and a program the same value', () => {
  const value = { 'k\u001b': ['a\u202eb\u009b\n', 1] };
  const text = safeJson(value, 2);
  expect(text).toBe('{\n  "k\\u001b": [\n    "a\\u202eb\\u009b\\n",\n    1\n  ]\n}');
  expect(JSON.parse(text)).toEqual(value);
});

test('a schema is described with an example that its model takes', () => {
  const encoding = encodingOf(
    LABEL,
    [
      numberFeature('age', { fill: 40, min: 0, missing: 'reject' }),
      categoryFeature('plan', ['basic', 'pro']),
      { name: 'smoker', type: 'boolean', missing: 'impute', fill: 1 },
      since,
      { name: '__proto__', type: 'text', missing: 'own-value', buckets: 256 },
    ],
    ['state', 'id'],
  );
  const description = describeSchema(encoding);
  expect(description).toEqual({
    label: 'state',
    task: 'classification',
    classes: ['sick', 'well'],
    features: [
      { name: 'age', type: 'number', nullable: false, range: [-100, 100], min: 0 },
      { name: 'plan', type: 'category', nullable: true, values: ['basic', 'pro'] },
      { name: 'smoker', type: 'boolean', nullable: true },
      {
        name: 'since',
        type: 'datetime',
        nullable: true,
        range: ['1970-01-01T00:00:00.000Z', '1970-04-11T00:00:00.000Z'],
      },
      { name: '__proto__', type: 'text', nullable: true },
    ],
    ignored: ['state', 'id'],
    example: { instances: [expect.anything()] },
  });
  const [instance] = description.example.instances;
  expect(Object.entries(instance!)).toEqual([
    ['age', 40],
    ['plan', 'basic'],
    ['smoker', true],
    ['since', '1970-01-01T00:00:00.000Z'],
    ['__proto__', 'some words'],
  ]);
  expect(() => new Encoder(encoding).encodeObjects([instance!])).not.toThrow();
});
