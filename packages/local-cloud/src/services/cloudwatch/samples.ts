/** The values of a metric within a period. */
export interface Sample {
  sum: number;
  min: number;
  max: number;
  count: number;
  /** Number of occurrences of each value: `[value, times]`. Undefined if the single values are unknown. */
  values?: [value: number, times: number][];
}

/** Maximum of different values that a sample stores exactly. More values are rounded to {@link PRECISION}. */
const MAX_EXACT_VALUES = 500;

/** Relative width of the bins for rounded values: a percentile is accurate to half of it. */
const PRECISION = 0.01;

/** @param times number of occurrences of each value; default: once */
export function sampleOf(values: readonly number[], times?: readonly number[]): Sample {
  return merge(
    values.map((value, i) => {
      const count = times?.[i] ?? 1;
      return { sum: value * count, min: value, max: value, count, values: [[value, count]] };
    }),
  );
}

/** Returns the sample of a statistic set. Its percentiles are known only if all its values are equal. */
export function summarised(sum: number, min: number, max: number, count: number): Sample {
  return { sum, min, max, count, ...(min === max && { values: [[min, count]] }) };
}

/** @param samples at least one */
export function merge(samples: readonly Sample[]): Sample {
  const [first, ...others] = samples;
  if (!first || others.length === 0) return first!;
  const merged = samples.reduce((a, b) => ({
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    count: a.count + b.count,
  }));
  if (samples.some(({ values }) => !values)) return merged;
  return { ...merged, values: mergeValues(samples.flatMap(({ values }) => values!)) };
}

function mergeValues(values: readonly [number, number][]): [number, number][] {
  const exact = total(values, (value) => value);
  return [...(exact.size <= MAX_EXACT_VALUES ? exact : total(values, rounded))];
}

function total(values: readonly [number, number][], key: (value: number) => number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const [value, times] of values) counts.set(key(value), (counts.get(key(value)) ?? 0) + times);
  return counts;
}

/** Returns the middle of the value's bin; bins grow with the values, so small values stay distinct. */
function rounded(value: number): number {
  if (value === 0) return 0;
  const width = Math.log1p(PRECISION);
  return Math.sign(value) * Math.exp(Math.round(Math.log(Math.abs(value)) / width) * width);
}
