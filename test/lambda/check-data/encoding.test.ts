import { summarise } from '../../../lambda/check-data/summary';
import { schema, numbers, labels, report } from './shard-reports';

describe('the encoding', () => {
  const { encoding } = summarise(schema(), [report()], 0);

  test('is learnt from the training rows', () => {
    expect(encoding.label).toEqual({ kind: 'class', name: 'kind', classes: ['x', 'y'], counts: [30, 30] });
    expect(encoding.features).toMatchObject([
      { name: 'radius', fill: 2.5, low: 1, high: 10 },
      { name: 'plan', values: ['basic', 'a plan', 'pro'] },
      { name: 'seen', fill: Date.UTC(2024, 0, 2) },
      { name: 'smoker', fill: 1 },
      { name: 'note', buckets: 256 },
    ]);
    expect(encoding.ignored).toEqual(['kind', 'id']);
  });

  test('has the columns of the matrix', () => {
    expect(encoding.inputs.slice(0, 8)).toEqual([
      { kind: 'number', name: 'radius', fill: 2.5 },
      { kind: 'number', name: 'radius is missing', fill: 0 },
      { kind: 'category', name: 'plan', values: ['basic', 'a plan', 'pro'], fill: 4 },
      { kind: 'number', name: 'seen: day', fill: 8_767 },
      { kind: 'number', name: 'seen: hour', fill: 0 },
      { kind: 'number', name: 'seen: weekday', fill: 1 },
      { kind: 'number', name: 'seen: day of year', fill: 2 },
      { kind: 'number', name: 'smoker', fill: 1 },
    ]);
    expect(encoding.inputs).toHaveLength(1 + 1 + 1 + 4 + 2 + 257);
  });

  test('adds the shards up: counts exactly, medians by the rows that a quantile represents', () => {
    const first = report({ features: { ...report().features, radius: { ...numbers(0, 1), rows: 30 } } });
    const second = report({ features: { ...report().features, radius: { ...numbers(5, 6), rows: 10 } } });
    const both = summarise(schema(), [first, second], 0).encoding;
    expect(both.label).toMatchObject({ counts: [60, 60] });
    expect(both.features[0]).toMatchObject({ low: 0, high: 6 });
  });

  test('classes without a list in the schema are in the order of numbers, or of the alphabet', () => {
    const label = labels({ 10: 20, 9: 20, 2: 20 }, { 10: 5, 9: 5, 2: 10 }, { 10: 5, 9: 5, 2: 10 });
    expect(summarise(schema(), [report({ label })], 0).encoding.label).toMatchObject({
      classes: ['2', '9', '10'],
    });
  });

  test('of numbers has what the naive answer needs', () => {
    const label = { train: numbers(1, 2, 6), validation: numbers(1, 2), test: numbers(2, 3) };
    const regression = summarise(schema({ task: 'regression' }), [report({ label })], 0).encoding;
    expect(regression.label).toEqual({
      kind: 'number',
      name: 'kind',
      rows: 3,
      mean: 3,
      median: 2,
      low: 1,
      high: 6,
    });
  });
});
