import { categoryFeature, numberFeature } from './linear-model';

/** One feature of each type. */
export const MIXED_FEATURES = [
  numberFeature('age', { fill: 40, min: 0, max: 120, low: 20, high: 60 }),
  numberFeature('dose', { missing: 'reject' }),
  categoryFeature('plan', ['basic', 'pro', '1', 'true']),
  { name: 'smoker', type: 'boolean', missing: 'own-value', fill: 1 },
  { name: 'since', type: 'datetime', missing: 'impute', fill: 0, low: 0, high: Date.UTC(2020, 0) },
] as const;

/** A row that has all of them. */
export const MIXED_ROW = { age: 30, dose: 1, plan: 'pro', smoker: true, since: '2001-01-01' };
