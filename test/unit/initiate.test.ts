import { parseDataSchema, type DataSchema } from '../../lib/contract/data-schema';
import { checkHeader } from '../../lambda/initiate/data';
import { fingerprint, type RunIngredients } from '../../lambda/initiate/fingerprint';
import { parseRunInput } from '../../lambda/shared/run-input';
import { balanceShards } from '../../lambda/initiate/shards';
import { resolveHyperparameters } from '../../lib/contract/hyperparameters';

const object = (key: string, size = 10, versionId = 'v1') => ({ key, size, versionId });

describe('balanceShards', () => {
  test('spreads bytes evenly and loses no object', () => {
    const objects = [9, 7, 6, 5, 5, 4, 3, 1].map((size, i) => object(`o${i}`, size));
    const shards = balanceShards(objects, 4);
    const sizes = shards.map((shard) => shard.reduce((sum, { size }) => sum + size, 0));
    expect(sizes).toEqual([10, 10, 10, 10]);
    expect(
      shards
        .flat()
        .map(({ key }) => key)
        .sort(),
    ).toEqual(objects.map(({ key }) => key));
  });

  test('makes no empty shard', () => {
    expect(balanceShards([object('a'), object('b')], 40)).toHaveLength(2);
  });

  test('does not depend on the order in which objects are listed', () => {
    const objects = [3, 3, 2, 2, 1].map((size, i) => object(`o${i}`, size));
    expect(balanceShards([...objects].reverse(), 2)).toEqual(balanceShards(objects, 2));
  });
});

describe('fingerprint', () => {
  const base: RunIngredients = {
    data: [object('a'), object('b')],
    schema: '{}',
    images: { training: '1', inference: '2' },
    hyperparameters: resolveHyperparameters([]),
  };

  test('is the same for the same ingredients in another order', () => {
    const images = { inference: '2', training: '1' };
    expect(fingerprint({ ...base, data: [...base.data].reverse(), images })).toBe(fingerprint(base));
  });

  test.each<[string, Partial<RunIngredients>]>([
    ['a new version of an object', { data: [object('a', 10, 'v2'), object('b')] }],
    ['an object more', { data: [...base.data, object('c')] }],
    ['another schema', { schema: '{"label":"x"}' }],
    ['a changed image', { images: { training: '9', inference: '2' } }],
    ['another hyperparameter', { hyperparameters: { ...base.hyperparameters, 'training.epochs': 1 } }],
  ])('changes with %s', (_, change) => {
    expect(fingerprint({ ...base, ...change })).not.toBe(fingerprint(base));
  });
});

describe('parseRunInput', () => {
  test.each([
    [undefined],
    [null],
    [{}],
    [{ force: true, hyperparameters: { 'training.epochs': '5' } }],
    [{ trigger: { kind: 'newData', detail: 's3://b/data/1.csv' } }],
  ])('%j is allowed', (input) => {
    expect(parseRunInput(input)).toEqual(input ?? {});
  });

  test.each([
    [{ force: 'yes' }, /"force" is "yes"/],
    [{ image: 'x' }, /"image" is not a field/],
    [{ hyperparameters: { 'training.epochs': true } }, /"hyperparameters\.training\.epochs" is true/],
    [{ trigger: { kind: 'cron', detail: '' } }, /"trigger\.kind" is "cron"/],
    [{ trigger: { kind: 'drift', detail: '', image: 'x' } }, /"image" is not a field/],
    [{ trigger: { kind: 'drift', detail: 'x'.repeat(1_201) } }, /"trigger\.detail" is "x+"; allowed is/],
    [[], /"input" is \[\]/],
    ['{}', /"input" is "\{\}"/],
  ])('%j is refused: %s', (input, message) => {
    expect(() => parseRunInput(input)).toThrow(message);
  });
});

describe('checkHeader', () => {
  const schema: DataSchema = { label: 'kind', classes: ['x', 'y'], features: ['a', 'b'] };
  const check = (text: string) => () =>
    checkHeader(text, schema, 's3://data/part.csv', 's3://data/schema.json');

  test.each([
    ['columns in another order, with more of them', 'b,extra,kind,a\n1,2,x,3\n'],
    ['a byte order mark and CRLF', '\uFEFFa,b,kind\r\n1,2,x\r\n'],
    ['quoted names', '"a","b","kind"\n1,2,x\n'],
    ['no line end after the last row', 'a,b,kind\n1,2,x'],
  ])('allows %s', (_, text) => {
    expect(check(text)).not.toThrow();
  });

  test.each([
    [
      'a,kind\n1,x\n',
      /s3:\/\/data\/part\.csv: column "b" is missing; s3:\/\/data\/schema\.json names it, the header has a, kind/,
    ],
    ['a,b\n1,2\n', /column "kind" is missing/],
    ['a,b,a,kind\n1,2,3,x\n', /column "a" stands in the header twice/],
    ['a,b,kind\n', /has a header and no row/],
    ['a,b,kind', /has a header and no row/],
    ['a,"b,kind\n1,2\n', /the header is no CSV line/],
  ])('refuses %j', (text, message) => {
    expect(check(text)).toThrow(message);
  });

  test('leaves a header that is longer than what was read to preprocessing', () => {
    expect(check('x'.repeat(65_536))).not.toThrow();
  });
});

describe('parseDataSchema', () => {
  const parse = (value: unknown) => () =>
    parseDataSchema(typeof value === 'string' ? value : JSON.stringify(value), 'schema.json');
  const good = { label: 'kind', classes: ['x', 'y'], features: ['a'] };

  test.each([[good], [{ ...good, id: 'row' }]])('allows %j', (schema) => {
    expect(parse(schema)()).toEqual(schema);
  });

  test.each([
    ['{"label":', /schema\.json: not JSON/],
    [[], /is \[\]; write an object/],
    [{ ...good, label: '' }, /field "label" is ""/],
    [{ ...good, labels: 'kind' }, /field "labels" is unknown; allowed are label, classes, features, id/],
    [{ ...good, classes: ['x'] }, /field "classes" is \["x"\]; give a list of at least 2 names/],
    [{ ...good, classes: ['x', 'x'] }, /field "classes" names "x" twice/],
    [{ ...good, features: [] }, /field "features" is \[\]/],
    [{ ...good, features: [1] }, /field "features" is \[1\]/],
    [{ ...good, features: ['a', 'kind'] }, /holds the label column "kind"/],
    [{ ...good, id: 7 }, /field "id" is 7/],
  ])('refuses %j', (value, message) => {
    expect(parse(value)).toThrow(message);
  });
});
