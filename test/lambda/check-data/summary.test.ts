import { checkUnchanged, summarise } from '../../../lambda/check-data/summary';
import type { ShardReport } from '../../../containers/table/report';
import { schema, values, numbers, labels, report } from './shard-reports';

const rejecting = report({
  rejected: 200,
  problems: [
    {
      ...{ file: 'a.csv', column: 'plan', reason: 'not a number', remedy: 'declare "plan" as a category' },
      ...{ rows: 200, examples: [{ row: 1, value: 'basic' }] },
    },
    {
      ...{ file: 'b.csv', column: 'kind', reason: 'empty', remedy: 'fill it in' },
      ...{ rows: 2, examples: [{ row: 7, value: '' }] },
    },
  ],
});

describe('summarise', () => {
  test('adds the shards up', () => {
    expect(summarise(schema(), [report(), report()], 0).summary).toEqual({
      rows: { train: 120, validation: 40, test: 40 },
      rejected: 0,
      note: '',
      warnings: [],
    });
  });

  test('names every column of the rows that were set aside, with rows, examples and what mends it', () => {
    expect(() => summarise(schema(), [rejecting], 0)).toThrow(
      [
        '200 of 300 rows were set aside (they are in rejected/):',
        '- column "plan": 200 rows, not a number, e.g. a.csv row 1 "basic"; declare "plan" as a category',
        '- column "kind": 2 rows, empty, e.g. b.csv row 7; fill it in',
        'allowed is a share of 0 of the rows; correct the schema or the files as said',
      ].join('\n'),
    );
  });

  test('allows as many as the hyperparameter says, and notes them', () => {
    const few = report({ rejected: 1, problems: [{ ...rejecting.problems[1]!, rows: 1 }] });
    const { summary } = summarise(schema(), [report(), few], 1 / 201);
    expect(summary).toMatchObject({ rejected: 1, note: expect.stringContaining('b.csv row 7') as string });
    expect(() => summarise(schema(), [report(), few], 0.9 / 201)).toThrow(
      /or raise the hyperparameter preprocessing.max_bad_row_fraction to 0.005$/,
    );
  });

  test('a value of the data cannot act on a terminal or a mail', () => {
    const evil = report({
      rejected: 200,
      problems: [{ ...rejecting.problems[0]!, column: 'a\u001b[31m', file: 'x\u202e' }],
    });
    expect(() => summarise(schema(), [evil], 0)).toThrow(/column "a\\u\{1b\}\[31m".* x\\u\{202e\} row 1/);
  });

  test.each<[string, object, ShardReport, RegExp]>([
    [
      'a split without rows',
      {},
      report({ rows: { train: 80, validation: 20, test: 0 } }),
      /no row of 100 fell into the test split; add data or enlarge the split/,
    ],
    [
      'ids that are too few',
      { id: 'id' },
      report({ rows: { train: 100, validation: 0, test: 0 } }),
      /the validation split; rows with one value of "id" stay together, .* take "id" out of the schema/,
    ],
    [
      'times that are too few',
      { id: undefined, split: { by: 'time', column: 'seen' } },
      report({ rows: { train: 100, validation: 0, test: 0 } }),
      /the validation split; rows with one value of "seen" stay together, .* take "split" out of the schema/,
    ],
    [
      'a class that training never sees',
      { classes: ['x', 'y', 'z'] },
      report({ label: labels({ x: 30, y: 30 }, { x: 10, y: 10 }, { x: 9, y: 10, z: 1 }) }),
      /class "z" has no row in the train split and 1 in the others/,
    ],
    [
      'one class',
      {},
      report({ label: labels({ x: 60 }, { x: 20 }, { x: 20 }) }),
      /every row is of one class, "x"/,
    ],
    [
      'validation rows of one class',
      {},
      report({ label: labels({ x: 30, y: 30 }, { x: 20 }, { x: 10, y: 10 }) }),
      /every row of the validation split is of one class, "x"/,
    ],
    [
      'a label that is a number',
      {},
      report({
        label: {
          ...report().label,
          train: values(Object.fromEntries(range(0, 1_001).map((each) => [each, 1]))),
        },
      }),
      /label "kind": has 1001 different values, at most 1000 classes are allowed; for numbers set "task": "regression"/,
    ],
    [
      'a category with too many values, and a column without any',
      {},
      report({
        features: {
          ...report().features,
          plan: { kind: 'values', rows: 60, missing: 0, distinct: 10_001, counts: [] },
          radius: { ...numbers(), rows: 60, missing: 60 },
        },
      }),
      /column "radius": no training row has a value.*\ncolumn "plan": has more than 10000 different values/,
    ],
    [
      'a label that never changes',
      { task: 'regression' },
      report({ label: { train: numbers(5, 5), validation: numbers(5), test: numbers(5) } }),
      /label "kind": every training row has 5/,
    ],
  ])('refuses %s', (_, more, bad, message) => {
    expect(() => summarise(schema(more), [bad], 0)).toThrow(message);
  });

  test('a class that one shard lacks may come in another', () => {
    const lacking = report({ label: labels({ x: 30, y: 30 }, { x: 10, y: 10 }, { x: 20 }) });
    expect(() => summarise(schema(), [lacking, report()], 0)).not.toThrow();
  });

  test.each<[string, object, Partial<ShardReport>, RegExp | undefined]>([
    [
      'shares that chance explains',
      {},
      { label: labels({ x: 28, y: 32 }, { x: 12, y: 8 }, { x: 9, y: 11 }) },
      undefined,
    ],
    [
      'shares that it does not explain',
      {},
      {
        label: labels({ x: 30, y: 30 }, { x: 10, y: 10 }, { x: 1, y: 19 }),
        rows: { train: 60, validation: 20, test: 20 },
      },
      undefined,
    ],
    [
      'many rows whose shares chance does not explain',
      { id: 'id' },
      {
        rows: { train: 600, validation: 200, test: 200 },
        label: labels({ x: 300, y: 300 }, { x: 100, y: 100 }, { x: 20, y: 180 }),
      },
      /class "x" has 10\.0 % of the rows of the test split but 42\.0 % of all.*rows of one "id" stay together/,
    ],
    [
      'a class that the holdout lacks',
      {},
      { label: labels({ x: 30, y: 29, z: 1 }, { x: 10, y: 9, z: 1 }, { x: 10, y: 10 }) },
      /class "z" has no row in the test split/,
    ],
    [
      'copies of a row',
      {},
      { copies: { train: {}, validation: {}, test: { abc: 12 } } },
      /one and the same row makes up 60\.0 % of the test split \(12 of 20 rows\).*name the column that identifies it as "id"/,
    ],
    [
      'copies of a row that stay together',
      { id: 'id' },
      { copies: { train: {}, validation: {}, test: { abc: 12 } } },
      undefined,
    ],
    [
      'numbers of another range in the holdout',
      { task: 'regression' },
      {
        rows: { train: 1_000, validation: 1_000, test: 1_000 },
        label: {
          train: numbers(...range(0, 1_000)),
          validation: numbers(...range(0, 1_000)),
          test: numbers(...range(300, 1_300)),
        },
      },
      /the values of "kind" are distributed otherwise in the test split/,
    ],
  ])('warns of a split by %s', (_, more, changes, warning) => {
    const { warnings } = summarise(schema(more), [report(changes)], 0).summary;
    if (warning) expect(warnings).toContainEqual(expect.stringMatching(warning));
    else expect(warnings).toEqual([]);
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

describe('checkUnchanged', () => {
  const pinned = [{ key: 'data/a.csv', versionId: '1', size: 1 }];
  const uri = (key: string) => `s3://data/${key}`;

  test('new objects do not matter: the run does not read them', () => {
    const current = [...pinned, { key: 'data/b.csv', versionId: '1', size: 1 }];
    expect(() => checkUnchanged(pinned, current, uri)).not.toThrow();
  });

  test.each([
    ['overwritten', [{ key: 'data/a.csv', versionId: '2', size: 1 }]],
    ['deleted', []],
  ])('an object that was %s fails the run', (what, current) => {
    expect(() => checkUnchanged(pinned, current, uri)).toThrow(
      new RegExp(`s3://data/data/a.csv was ${what} while the run read it`),
    );
    expect(() => checkUnchanged(pinned, current, uri)).toThrow(
      expect.objectContaining({ name: 'DataChanged' }) as Error,
    );
  });
});
