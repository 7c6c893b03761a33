import { notSupported } from '../../model/errors';
import { invalid } from './faults';
import type { Sample } from './samples';

const SIMPLE: Readonly<Record<string, (sample: Sample) => number>> = {
  SampleCount: ({ count }) => count,
  Average: ({ sum, count }) => sum / count,
  Sum: ({ sum }) => sum,
  Minimum: ({ min }) => min,
  Maximum: ({ max }) => max,
};

/** `p0` to `p100`, with up to ten decimals (API reference, GetMetricStatistics, ExtendedStatistics). */
const PERCENTILE = /^p(\d{1,2}(?:\.\d{0,10})?|100)$/;

/** Trimmed and winsorized means and similar statistics (User Guide, "CloudWatch statistics definitions"). */
const REFINED = /^(IQM|(TM|WM|PR|TC|TS)\(.*\)|(tm|wm|tc|ts)\d+(\.\d+)?)$/;

export function isPercentile(statistic: string): boolean {
  return PERCENTILE.test(statistic);
}

/** @throws ServiceError for a statistic that CloudWatch, or this cloud, does not have */
export function checkStatistic(field: string, statistic: string): void {
  if (Object.hasOwn(SIMPLE, statistic) || isPercentile(statistic)) return;
  const known = `${Object.keys(SIMPLE).join(', ')} and percentiles such as p99`;
  if (REFINED.test(statistic)) throw notSupported(`the statistic ${statistic}`, `It has ${known}.`);
  throw invalid(`The value '${statistic}' for parameter ${field} is not a statistic; there are ${known}.`);
}

/** @returns undefined if a percentile cannot be computed from the published data */
export function statisticOf(sample: Sample, statistic: string): number | undefined {
  const simple = Object.hasOwn(SIMPLE, statistic) ? SIMPLE[statistic] : undefined;
  if (simple) return simple(sample);
  return percentile(sample, Number(PERCENTILE.exec(statistic)![1]));
}

/**
 * Returns the smallest value such that at least `percent` of all values are not greater. "Percentile statistics are not
 * available for metrics when any of the metric values are negative numbers" (API reference, PutMetricData).
 */
function percentile({ values, min, count }: Sample, percent: number): number | undefined {
  if (!values || min < 0) return undefined;
  const sorted = [...values].sort(([a], [b]) => a - b);
  let left = (percent / 100) * count;
  for (const [value, times] of sorted) {
    left -= times;
    if (left <= 0) return value;
  }
  return sorted.at(-1)?.[0];
}
