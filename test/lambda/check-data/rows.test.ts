import { addUpRows } from '../../../lambda/check-data/rows';

const report = (train: number, validation: number, test: number, rejected?: number) => ({
  rows: { train, validation, test },
  ...(rejected !== undefined && { rejected }),
});

test('the shards’ rows are added up, whatever else their reports have', () => {
  const reports = [report(8, 1, 0), { ...report(7, 2, 3, 1), note: 'x' }];
  expect(addUpRows(reports, 0.1)).toEqual({
    rows: { train: 15, validation: 3, test: 3 },
    ...{ rejected: 1, note: '1 of 22 rows were set aside', warnings: [] },
  });
});

test('a note is written only for rows that were set aside', () => {
  expect(addUpRows([report(8, 1, 1)], 0).note).toBe('');
});

test('exactly the allowed share may be set aside', () => {
  expect(addUpRows([report(7, 1, 1, 1)], 0.1).rejected).toBe(1);
});

const FORM = 'must be {"rows": {"train": number, "validation": number, "test": number}, "rejected": number}';

test.each<[string, unknown[], number, string]>([
  ['no report', [], 0, 'preprocessing wrote no report; each shard must write report/shard-<n>.json'],
  [
    'too many rows set aside',
    [report(7, 1, 1, 1)],
    0.09,
    '1 of 10 rows were set aside; at most a share of 0.09',
  ],
  ['no row for training', [report(0, 1, 1)], 0, 'no row of 2 fell into the train split; add data'],
  ['no row for validation', [report(1, 0, 1)], 0, 'no row of 2 fell into the validation split'],
  ['no holdout', [report(1, 1, 0)], 0, 'no row of 2 fell into the test split'],
  ['no row at all', [report(0, 0, 0)], 0, 'no row of 0 fell into the train split'],
  ['a count that is negative', [report(8, 1, -1)], 0, FORM],
  ['a count that is no integer', [report(8, 1, 1.5)], 0, FORM],
  ['a count as text', [{ rows: { train: '8', validation: 1, test: 1 } }], 0, FORM],
  ['a split that is missing', [report(8, 1, 1), { rows: { train: 8, validation: 1 } }], 0, FORM],
  ['a report that is a list', [[1, 2]], 0, FORM],
  ['rows set aside that are negative', [report(8, 1, 1, -1)], 1, FORM],
])('%s ends the run as InvalidData', (_, reports, allowed, message) => {
  expect(() => addUpRows(reports, allowed)).toThrow(message);
  expect(() => addUpRows(reports, allowed)).toThrow(
    expect.objectContaining({ name: 'InvalidData' }) as Error,
  );
});
