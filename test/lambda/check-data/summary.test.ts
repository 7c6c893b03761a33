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

  test('describes the rows set aside by column, with numbers, examples and fixes', () => {
    const check = () => summarise(schema(), [rejecting], 0);
    expect(check).toThrow(expect.objectContaining({ name: 'InvalidData' }) as Error);
    for (const fact of [
      ...['200 of 300 rows', 'rejected/'],
      ...['"plan": 200 rows', 'not a number', 'a.csv row 1 "basic"', 'declare "plan" as a category'],
      ...['"kind": 2 rows', 'empty', 'b.csv row 7', 'fill it in'],
    ])
      expect(check).toThrow(fact);
  });

  test('allows the share of the hyperparameter, and notes the rows', () => {
    const few = report({ rejected: 1, problems: [{ ...rejecting.problems[1]!, rows: 1 }] });
    const { summary } = summarise(schema(), [report(), few], 1 / 201);
    expect(summary).toMatchObject({ rejected: 1, note: expect.stringContaining('b.csv row 7') as string });
    expect(() => summarise(schema(), [report(), few], 0.9 / 201)).toThrow(
      /preprocessing\.max_bad_row_fraction.*0\.005/,
    );
  });

  test('escapes control characters of the data', () => {
    const evil = report({
      rejected: 200,
      problems: [{ ...rejecting.problems[0]!, column: 'a\u001b[31m', file: 'x\u202e' }],
    });
    expect(() => summarise(schema(), [evil], 0)).toThrow(/"a\\u\{1b\}\[31m".* x\\u\{202e\} /);
  });

  test.each<[string, object, ShardReport, RegExp]>([
    [
      'a split without rows',
      {},
      report({ rows: { train: 80, validation: 20, test: 0 } }),
      /100.* test split/,
    ],
    [
      'ids that are too few',
      { id: 'id' },
      report({ rows: { train: 100, validation: 0, test: 0 } }),
      /validation split.*"id"/,
    ],
    [
      'times that are too few',
      { id: undefined, split: { by: 'time', column: 'seen' } },
      report({ rows: { train: 100, validation: 0, test: 0 } }),
      /validation split.*"seen".*"split"/,
    ],
    [
      'a class that training never sees',
      { classes: ['x', 'y', 'z'] },
      report({ label: labels({ x: 30, y: 30 }, { x: 10, y: 10 }, { x: 9, y: 10, z: 1 }) }),
      /"z".*train split.*1/,
    ],
    ['one class', {}, report({ label: labels({ x: 60 }, { x: 20 }, { x: 20 }) }), /"x"/],
    [
      'validation rows of one class',
      {},
      report({ label: labels({ x: 30, y: 30 }, { x: 20 }, { x: 10, y: 10 }) }),
      /validation split.*"x"/,
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
      /"kind".*1001.*1000.*"regression"/,
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
      /"radius".*\n.*"plan".*10000/,
    ],
    [
      'a label that never changes',
      { task: 'regression' },
      report({ label: { train: numbers(5, 5), validation: numbers(5), test: numbers(5) } }),
      /"kind".*5/,
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
      /"x" .*10\.0 %.*test split.*42\.0 %.*"id"/,
    ],
    [
      'a class that the holdout lacks',
      {},
      { label: labels({ x: 30, y: 29, z: 1 }, { x: 10, y: 9, z: 1 }, { x: 10, y: 10 }) },
      /"z".*test split/,
    ],
    [
      'copies of a row',
      {},
      { copies: { train: {}, validation: {}, test: { abc: 12 } } },
      /60\.0 %.*test split.*12 of 20.*"id"/,
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
      /"kind".*test split/,
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
    expect(() => checkUnchanged(pinned, current, uri)).toThrow(new RegExp(`s3://data/data/a.csv.*${what}`));
    expect(() => checkUnchanged(pinned, current, uri)).toThrow(
      expect.objectContaining({ name: 'DataChanged' }) as Error,
    );
  });
});
