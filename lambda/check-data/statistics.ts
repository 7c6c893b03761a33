import {
  MAX_VALUES,
  SPLITS,
  type ColumnStatistics,
  type NumberStatistics,
  type ShardReport,
  type Split,
  type ValueStatistics,
} from '../../containers/table/report.ts';

/** Sums over all shards. */
export interface Totals {
  readonly rows: Readonly<Record<Split, number>>;
  readonly rejected: number;
  readonly label: Readonly<Record<Split, ColumnStatistics>>;
  readonly features: ReadonlyMap<string, ColumnStatistics>;
  /** Maximum copies of one row, by split. */
  readonly mostCopies: Readonly<Record<Split, number>>;
}

/** Adds up the reports. @param reports at least one */
export function addUp(reports: readonly ShardReport[]): Totals {
  const bySplit = <T>(value: (split: Split) => T) =>
    Object.fromEntries(SPLITS.map((split) => [split, value(split)])) as Record<Split, T>;
  const names = new Set(reports.flatMap(({ features }) => Object.keys(features)));
  return {
    rows: bySplit((split) => sum(reports.map(({ rows }) => rows[split]))),
    rejected: sum(reports.map(({ rejected }) => rejected)),
    label: bySplit((split) => merge(reports.map(({ label }) => label[split]))),
    features: new Map(
      [...names].map((name) => [
        name,
        merge(reports.map(({ features }) => features[name]).filter((each) => each !== undefined)),
      ]),
    ),
    mostCopies: bySplit((split) => mostCopies(reports.map(({ copies }) => copies[split]))),
  };
}

/** Statistics of one column in several shards; all are of one kind, since the schema decides it. */
function merge(parts: readonly ColumnStatistics[]): ColumnStatistics {
  const rows = sum(parts.map((part) => part.rows));
  const missing = sum(parts.map((part) => part.missing));
  const kind = parts[0]!.kind;
  switch (kind) {
    case 'number':
      return { ...mergeNumbers(parts as readonly NumberStatistics[]), rows, missing };
    case 'values':
      return { ...mergeValues(parts as readonly ValueStatistics[]), rows, missing };
    case 'text':
      return { kind, rows, missing };
  }
}

function mergeNumbers(parts: readonly NumberStatistics[]): Omit<NumberStatistics, 'rows' | 'missing'> {
  const defined = <T>(values: readonly (T | null)[]) => values.filter((value) => value !== null);
  const lows = defined(parts.map(({ low }) => low));
  const highs = defined(parts.map(({ high }) => high));
  return {
    kind: 'number',
    sum: sum(parts.map((part) => part.sum)),
    low: lows.length === 0 ? null : Math.min(...lows),
    high: highs.length === 0 ? null : Math.max(...highs),
    quantiles: mergeQuantiles(parts),
  };
}

/** Number of quantiles after merging. */
const STEPS = 1000;

/**
 * Merges the quantiles of several shards: those of a sample in which each quantile has the weight of the rows it
 * represents.
 */
function mergeQuantiles(parts: readonly NumberStatistics[]): readonly number[] {
  if (parts.length === 1) return parts[0]!.quantiles;
  const weighted = parts
    .flatMap(({ quantiles, rows, missing }) =>
      quantiles.map((value) => ({ value, weight: (rows - missing) / quantiles.length })),
    )
    .sort((a, b) => a.value - b.value);
  if (weighted.length <= STEPS) return weighted.map(({ value }) => value);
  const total = sum(weighted.map(({ weight }) => weight));
  const quantiles: number[] = [];
  let passed = 0;
  for (const { value, weight } of weighted) {
    passed += weight;
    while (quantiles.length <= STEPS && (quantiles.length / STEPS) * total <= passed) quantiles.push(value);
  }
  while (quantiles.length <= STEPS) quantiles.push(weighted.at(-1)!.value);
  return quantiles;
}

function mergeValues(parts: readonly ValueStatistics[]): Omit<ValueStatistics, 'rows' | 'missing'> {
  const most = Math.max(...parts.map(({ distinct }) => distinct));
  if (most > MAX_VALUES) return { kind: 'values', distinct: most, counts: [] };
  const counts = new Map<string, number>();
  for (const [value, rows] of parts.flatMap((part) => part.counts)) {
    counts.set(value, (counts.get(value) ?? 0) + rows);
  }
  return { kind: 'values', distinct: counts.size, counts: [...counts] };
}

function mostCopies(shards: readonly Readonly<Record<string, number>>[]): number {
  const counts = new Map<string, number>();
  for (const [digest, copies] of shards.flatMap(Object.entries<number>)) {
    counts.set(digest, (counts.get(digest) ?? 0) + copies);
  }
  return Math.max(0, ...counts.values());
}

/** Returns the middle value; for an even number of values the mean of the two in the middle. */
export function median(ascending: readonly number[]): number {
  const middle = (ascending.length - 1) / 2;
  return (ascending[Math.floor(middle)]! + ascending[Math.ceil(middle)]!) / 2;
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, value) => total + value, 0);
}
