import { parseInstances } from '../../containers/inference/instances';
import { tableOf } from '../../containers/inference/request-table';
import { categoryFeature, classLabel, encodingOf, numberFeature } from './support/linear-model';
import { MIXED_FEATURES, MIXED_ROW } from './support/mixed-inputs';

const LABEL = classLabel('state', { sick: 3, well: 7 });
/** Two numbers: what a request's form may be. */
const NUMBERS = tableOf(
  encodingOf(LABEL, [numberFeature('width'), numberFeature('height')], ['state', 'note', 'row_id']),
);
/** One feature of each type. */
const MIXED = tableOf(encodingOf(LABEL, MIXED_FEATURES, ['state']));

const json = (content: unknown, table = NUMBERS) =>
  parseInstances('application/json', typeof content === 'string' ? content : JSON.stringify(content), table);
const csv = (text: string, type = 'text/csv; charset=utf-8', table = NUMBERS) =>
  parseInstances(type, text, table);
const row = { width: 1, height: 2.5 };
const mixed = (change: object) => json({ instances: [{ ...MIXED_ROW, ...change }] }, MIXED);

describe('a request of numbers', () => {
  const accepted: [string, () => { rows: number; values: Float32Array }][] = [
    ['JSON', () => json({ instances: [row, { width: -3e2, height: 0 }] })],
    ['CSV', () => csv('1,2.5\n-3e2,0\n')],
    [
      'CSV with a byte order mark, CRLF, blanks, quotes and empty lines',
      () => csv('\ufeff1, 2.5\r\n\r\n"-300",0'),
    ],
    ['CSV with a header', () => csv('width,height\n1,2.5\n-300,0')],
    ['CSV with a header in another order', () => csv('"height", width\n2.5,1\n0,-300')],
    [
      'CSV with columns that training ignored',
      () => csv('state,width,row_id,height\nwell,1,7,2.5\n,-300,,0'),
    ],
    [
      'CSV with a header that the caller announces',
      () => csv('width,height\n1,2.5\n-300,0', 'text/csv;header=present'),
    ],
    ['CSV without one, said so', () => csv('1,2.5\n-300,0', 'Text/CSV; Header=absent')],
  ];
  test.each(accepted)('is read as %s', (_name, read) => {
    const { rows, values } = read();
    expect(rows).toBe(2);
    expect([...values]).toEqual([1, 2.5, -300, 0]);
  });

  test('has a header only if it names all features and could not be a row', () => {
    const digits = tableOf(encodingOf(LABEL, [numberFeature('1'), numberFeature('2')]));
    expect([...csv('2,1\n7,8', 'text/csv', digits).values]).toEqual([2, 1, 7, 8]);
    expect([...csv('2,1\n7,8', 'text/csv;header=present', digits).values]).toEqual([8, 7]);
    expect([...csv('2,1\n7,8', 'text/csv; header="present"', digits).values]).toEqual([8, 7]);
  });

  test.each<[string, string, () => unknown]>([
    ['body', 'empty; send {"instances"', () => json(' ')],
    ['body', 'not JSON (', () => json('{"instances": [')],
    ['body', 'not JSON: NaN is not a JSON value; send null', () => json('{"instances": [{"width": NaN}]}')],
    ['body', 'not JSON: -Infinity is not', () => json('{"instances": [{"width": -Infinity}]}')],
    ['body', 'not JSON: True is not a JSON value; send true', () => json('{"instances": [{"width": True}]}')],
    ['body', 'a list without a name; send it as {"instances": […]}', () => json([row])],
    ['body', 'a row without a list; send it in a list: {"instances": [{…}]}', () => json(row)],
    ['body', 'null is not an object', () => json(null)],
    ['instances', 'missing; send {"instances"', () => json({ rows: [row] })],
    [
      'instances',
      '{"width":1,"height":2.5} is not a list; put the row into a list',
      () => json({ instances: row }),
    ],
    ['instances', 'none; send at least one row', () => json({ instances: [] })],
    ['signature', 'unknown; the body must hold', () => json({ instances: [row], signature: 1 })],
    ['instances[1]', '[1,2] is not an object', () => json({ instances: [row, [1, 2]] })],
    [
      'instances[1].height',
      'missing; send null if it is unknown',
      () => json({ instances: [row, { width: 1 }] }),
    ],
    [
      'instances[0].depth',
      'not a feature of this model; its features are "width", "height"',
      () => json({ instances: [{ ...row, depth: 3 }] }),
    ],
    [
      'instances[0].Hieght',
      'not a feature of this model; did you mean "height"?',
      () => json({ instances: [{ width: 1, Hieght: 3 }] }),
    ],
    [
      'instances[0].Unnamed: 0',
      'not a feature of this model, but probably the index that pandas adds; leave it out',
      () => json({ instances: [{ 'Unnamed: 0': 0, ...row }] }),
    ],
    [
      'instances[0].__proto__',
      'not a feature',
      () => json('{"instances": [{"width":1,"height":2,"__proto__":{}}]}'),
    ],
    ['instances[0].constructor', 'not a feature', () => json({ instances: [{ ...row, constructor: 1 }] })],
    ['instances[0].a\\u{1b}[2J', 'not a feature', () => json({ instances: [{ ...row, 'a\u001b[2J': 1 }] })],
    [
      'instances[0].width',
      '"1" is not a number that fits 32 bits; send it without quotes',
      () => json({ instances: [{ ...row, width: '1' }] }),
    ],
    [
      'instances[0].width',
      '"\\u{7}" is not a number',
      () => json({ instances: [{ ...row, width: '\u0007' }] }),
    ],
    ['instances[0].width', 'true is not a number', () => json({ instances: [{ ...row, width: true }] })],
    ['instances[0].width', '1e+39 is not a number', () => json({ instances: [{ ...row, width: 1e39 }] })],
    [
      'instances[0].width',
      '1e400 is not a number that fits 32 bits',
      () => json('{"instances": [{"width": 1e400, "height": 1}]}'),
    ],
    [
      'instances[0].width',
      '-1E+999 is not a number',
      () => json('{"instances": [{"width": -1E+999, "height": 1}]}'),
    ],
    [
      'instances[0].width',
      `${'9'.repeat(80)}… is not a number`,
      () => json(`{"instances": [{"width": ${'9'.repeat(400)}, "height": 1}]}`),
    ],
    ['instances[0].width', '"1,5" is not a number that fits 32 bits; write a point', () => csv('"1,5",2')],
    ['instances', 'none; send', () => csv('')],
    ['instances', 'none; send', () => csv('width,height\n')],
    ['instances[1]', '3 fields; the model has 2 features', () => csv('1,2\n1,2,3')],
    ['instances[0]', '3 fields; the header has 2', () => csv('height,width\n1,2,3')],
    [
      'instances[0]',
      '3 fields; the model has 2 features, and the first column is probably the index',
      () => csv('0,5,6\n1,7,8'),
    ],
    ['header.', 'not a feature of this model, but probably the index', () => csv(',width,height\n0,1,2')],
    ['body', 'fields are separated by semicolons; separate them by commas', () => csv('1,5;2\n')],
    ['body', 'fields are separated by semicolons', () => csv('width;height\n1;2')],
    ['body', 'fields are separated by semicolons', () => csv('width;height\n1;"2"\n"1";2')],
    ['body', 'fields are separated by tabs', () => csv('1\t2')],
    ['instances[1].height', '"x" is not a number', () => csv('1,2\n3,x')],
    ['instances[0].width', '"0x10" is not a number', () => csv('0x10,1')],
    ['header.depth', 'not a feature', () => csv('width,depth\n1,2')],
    ['header.width', 'given twice', () => csv('width,width,height\n1,2,3')],
    ['header.height', 'missing; name every feature', () => csv('width\n1')],
    ['header.height', 'missing', () => csv('width,state\n1,2', 'text/csv; header=present')],
    [
      'instances[0].width',
      '"width" is not a number',
      () => csv('width,height\n1,2', 'text/csv; header=absent'),
    ],
    ['Content-Type', 'header=maybe is neither', () => csv('1,2', 'text/csv; header=maybe')],
    ['body', 'not CSV (record 1: Quoted field unterminated)', () => csv('1,"2\n')],
  ])('is refused at %s: %s', (field, message, read) => {
    expect(read).toThrow(
      expect.objectContaining({
        code: 'InvalidInput',
        field,
        message: expect.stringContaining(`${field}: ${message}`),
      }) as Error,
    );
  });

  test('of more rows than any answer holds is refused before it is encoded', () => {
    const small = { ...NUMBERS, maxRows: 2 };
    expect(csv('1,2\n3,4', 'text/csv', small).rows).toBe(2);
    for (const read of [
      () => csv('1,2\n3,4\n5,6', 'text/csv', small),
      () => json({ instances: [row, row, row] }, small),
    ]) {
      expect(read).toThrow(
        'body: 3 rows, whose answer would be too large; send fewer rows in a request, at most 2',
      );
    }
  });

  test.each([undefined, 'text/plain', 'application/x-npy'])('of the type %p is refused', (type) => {
    expect(() => parseInstances(type, '{}', NUMBERS)).toThrow(
      expect.objectContaining({ code: 'UnsupportedMediaType', status: 415 }) as Error,
    );
  });
});

describe('values of every type', () => {
  /** age, dose, plan, smoker, smoker is missing, since: day, hour, weekday, day of year */
  test('are encoded alike from JSON and CSV', () => {
    const expected = [30, 1, 1, 1, 0, 366, 0, 0, 1];
    expect([...mixed({}).values]).toEqual(expected);
    expect([...csv('30,1,pro,yes,2001-01-01', 'text/csv', MIXED).values]).toEqual(expected);
  });

  test.each<[object, number, number]>([
    [{ age: null }, 0, 40],
    [{ plan: ' basic ' }, 2, 0],
    [{ plan: 1 }, 2, 2],
    [{ plan: true }, 2, 3],
    [{ plan: null }, 2, 5],
    [{ plan: 'constructor' }, 2, 4],
    [{ plan: 'NA' }, 2, 4],
    [{ smoker: 0 }, 3, 0],
    [{ smoker: 'No' }, 3, 0],
    [{ smoker: null }, 3, 1],
    [{ smoker: null }, 4, 1],
    [{ since: '2001-01-02T12:30:00Z' }, 6, 12.5],
  ])('%j gives at input %d: %d', (change, input, value) => {
    expect(mixed(change).values[input]).toBe(value);
  });

  test.each([
    ['?,1,pro,yes,2001-01-01', 0, 40],
    ['NaN,1,pro,yes,2001-01-01', 0, 40],
    ['30,1,n/a,yes,2001-01-01', 2, 5],
    ['30,1,?,yes,2001-01-01', 2, 4],
    ['30,1,pro,,2001-01-01', 4, 1],
  ])('%s gives at input %d: %d', (text, input, value) => {
    expect(csv(text, 'text/csv', MIXED).values[input]).toBe(value);
  });

  test.each<[object, string]>([
    [{ age: -1 }, 'age: -1 is below 0, the least value that the schema allows'],
    [{ age: 121 }, 'age: 121 is above 120'],
    [{ dose: null }, 'dose: no value, which the schema refuses; send a number that fits 32 bits'],
    [{ plan: ['pro'] }, 'plan: ["pro"] is not a string, number or boolean'],
    [{ smoker: 2 }, 'smoker: 2 is not true or false (also yes or no, 1 or 0)'],
    [{ smoker: 'maybe' }, 'smoker: "maybe" is not true or false'],
    [
      { since: '03/04/2024' },
      'since: "03/04/2024" is not a date as in "2024-03-01" or "2024-03-01T12:30:00Z" (ISO 8601); it does not say which',
    ],
    [{ since: 5 }, 'since: 5 is not a date'],
  ])('%j is refused', (change, message) => {
    expect(() => mixed(change)).toThrow(`instances[0].${message}`);
  });
});

describe('warnings', () => {
  test('name what training did not see, of one row', () => {
    const { warnings } = mixed({ age: 81, plan: 'gold\u001b', since: '2051-01-01', state: 'well' });
    expect(warnings).toEqual([
      { field: 'age', message: '81 is far above the values of the training rows (20 to 60)' },
      { field: 'plan', message: '"gold\\u{1b}" does not occur in the training rows' },
      {
        field: 'since',
        message:
          '"2051-01-01T00:00:00.000Z" is far above the values of the training rows ' +
          '(1970-01-01T00:00:00.000Z to 2020-01-01T00:00:00.000Z)',
      },
      { field: 'state', message: 'ignored: the model does not use this column' },
    ]);
    expect(mixed({ age: 80 }).warnings).toEqual([]);
  });

  test('are one for a column of many rows, and at most 20', () => {
    const instances = ['gold', 'pro', 'iron'].map((plan) => ({ ...MIXED_ROW, plan }));
    expect(json({ instances }, MIXED).warnings).toEqual([
      {
        field: 'plan',
        message: '2 of 3 rows have a value that does not occur in the training rows, e.g. "gold"',
      },
    ]);
    const names = Array.from({ length: 30 }, (_, index) => `c${index}`);
    const table = tableOf(
      encodingOf(
        LABEL,
        names.map((name) => categoryFeature(name, ['a'])),
      ),
    );
    const { warnings } = json({ instances: [Object.fromEntries(names.map((name) => [name, 'b']))] }, table);
    expect(warnings).toHaveLength(20);
    expect(warnings.at(-1)).toEqual({ field: 'warnings', message: '11 more are not shown' });
  });
});
