import { checkUnchanged, summarise, type ShardReport } from '../../lambda/check-data/summary';

const report = (changes: Partial<ShardReport> = {}): ShardReport => ({
  rows: { train: 60, validation: 20, test: 20 },
  rejected: 0,
  classCounts: { train: { x: 30, y: 30 }, validation: { x: 10, y: 10 }, test: { x: 10, y: 10 } },
  examples: [],
  ...changes,
});
const rejecting = report({
  rejected: 1,
  examples: [{ file: 'part-2.csv', line: 17, column: 'radius', value: 'abc', reason: 'is not a number' }],
});

describe('summarise', () => {
  test('adds the shards up', () => {
    expect(summarise([report(), report()], 0)).toEqual({
      rows: { train: 120, validation: 40, test: 40 },
      rejected: 0,
      note: '',
    });
  });

  test('names file, line, column and value of a row that was set aside', () => {
    expect(() => summarise([report(), rejecting], 0)).toThrow(
      /1 of 201 rows were set aside, e\.g\. part-2\.csv line 17, column "radius": "abc" is not a number; allowed is a share of 0/,
    );
  });

  test('allows as many as the hyperparameter says, and notes them', () => {
    const summary = summarise([report(), rejecting], 1 / 201);
    expect(summary).toMatchObject({ rejected: 1, note: expect.stringContaining('line 17') as string });
    expect(() => summarise([report(), rejecting], 0.9 / 201)).toThrow(/set aside/);
  });

  test.each([
    [
      'a split without rows',
      report({ rows: { train: 80, validation: 20, test: 0 } }),
      /no row of 100 fell into the test split/,
    ],
    [
      'a class that training never sees',
      report({ classCounts: { ...report().classCounts, train: { x: 60, y: 0 } } }),
      /class "y" has no row in the train split/,
    ],
    [
      'a class that the holdout lacks',
      report({ classCounts: { ...report().classCounts, test: { x: 20, y: 0 } } }),
      /class "y" has no row in the test split/,
    ],
  ])('refuses %s', (_, bad, message) => {
    expect(() => summarise([bad], 0)).toThrow(message);
  });

  test('a class that one shard lacks may come in another', () => {
    const lacking = report({ classCounts: { ...report().classCounts, test: { x: 20, y: 0 } } });
    expect(() => summarise([lacking, report()], 0)).not.toThrow();
  });
});

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
