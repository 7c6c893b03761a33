import { parseSchema } from '../../../containers/table/schema';
import type { ColumnStatistics, ShardReport } from '../../../containers/table/report';

export const schemaText = (more: object = {}) =>
  JSON.stringify({
    label: 'kind',
    features: [
      { name: 'radius', type: 'number', missing: 'own-value' },
      { name: 'plan', type: 'category' },
      { name: 'seen', type: 'datetime' },
      { name: 'smoker', type: 'boolean' },
      { name: 'note', type: 'text' },
    ],
    ...more,
  });
export const schema = (more: object = {}) => parseSchema(schemaText(more), 'schema.json');

export const values = (counts: Record<string, number>, missing = 0): ColumnStatistics => {
  const rows = Object.values(counts).reduce((sum, count) => sum + count, missing);
  return {
    kind: 'values',
    rows,
    missing,
    distinct: Object.keys(counts).length,
    counts: Object.entries(counts),
  };
};
export const numbers = (...quantiles: number[]): ColumnStatistics => ({
  kind: 'number',
  rows: quantiles.length,
  missing: 0,
  sum: quantiles.reduce((sum, value) => sum + value, 0),
  low: quantiles[0] ?? null,
  high: quantiles.at(-1) ?? null,
  quantiles,
});
export const labels = (train: object, validation: object, test: object) => ({
  train: values(train as Record<string, number>),
  validation: values(validation as Record<string, number>),
  test: values(test as Record<string, number>),
});
export const report = (changes: Partial<ShardReport> = {}): ShardReport => ({
  shard: 0,
  files: [
    {
      name: 'a.csv',
      rows: 100,
      rejected: 0,
      columns: ['kind', 'radius', 'plan', 'seen', 'smoker', 'note', 'id'],
    },
  ],
  rows: { train: 60, validation: 20, test: 20 },
  rejected: 0,
  problems: [],
  label: labels({ x: 30, y: 30 }, { x: 10, y: 10 }, { x: 10, y: 10 }),
  features: {
    radius: numbers(1, 2, 3, 10),
    plan: values({ pro: 10, basic: 40, 'a plan': 10 }),
    seen: numbers(Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 3)),
    smoker: values({ true: 40, false: 20 }),
    note: { kind: 'text', rows: 60, missing: 5 },
  },
  copies: { train: {}, validation: {}, test: {} },
  ...changes,
});
