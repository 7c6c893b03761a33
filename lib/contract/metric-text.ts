import type { Verdict } from './gate';
import type { Headline, Interval } from './run';

/**
 * Returns the number as messages show it: four decimals, significant digits of large and tiny ones, integers unchanged.
 */
export function showNumber(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  // A small error of a label in units of 1e-7 is not shown as 0.
  if (size < 0.0001) return String(Number(value.toPrecision(3)));
  return size >= 1000 ? value.toPrecision(6) : value.toFixed(4);
}

/** Returns `0.9393 to 0.9953`. */
export function showInterval([low, high]: Interval): string {
  return `${showNumber(low)} to ${showNumber(high)}`;
}

/** Returns `f1 0.9828 (naive 0.6293)`; `–` where the value is unknown. */
export function showHeadline(headline: Headline | null | undefined): string {
  if (!headline || headline.value === null) return '–';
  const naive = headline.naive === null ? '' : ` (naive ${showNumber(headline.naive)})`;
  return `${headline.name} ${showNumber(headline.value)}${naive}`;
}

/** Returns the gate's requirement and finding on a metric, without the metric's name. */
export function showVerdict({
  passed,
  value,
  interval,
  threshold,
  direction,
  naive,
  champion,
}: Verdict): string {
  const shown = (number: number | null) => (number === null ? 'unknown' : showNumber(number));
  const limit = threshold === null ? '' : `, ${direction === 'higher' ? 'at least' : 'at most'} ${threshold}`;
  return [
    `${passed ? 'passed' : 'missed'}: ${shown(value)}${interval ? ` (95 % interval ${showInterval(interval)})` : ''}${limit}`,
    ...(naive ? [`naive answer ${shown(naive.value)}`] : []),
    ...(champion
      ? [
          `champion ${shown(champion.value)}, difference ${shown(champion.difference)}` +
            `${champion.interval ? ` (${showInterval(champion.interval)})` : ''}, tolerance ${champion.tolerance}`,
        ]
      : []),
  ].join('; ');
}
