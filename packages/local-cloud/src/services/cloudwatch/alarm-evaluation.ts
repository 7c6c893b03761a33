import type { MetricAlarm, StateValue } from '@aws-sdk/client-cloudwatch';

/** One period of an alarm's metric. */
export interface AlarmPoint {
  /** The period's beginning, milliseconds since the epoch. */
  time: number;
  /** Undefined if the metric has no data. */
  value: number | undefined;
  samples: number;
}

/** Periods that are read in addition to the evaluation periods: the documentation's examples read five for three. */
const EXTRA_PERIODS = 2;

/** Returns the number of periods that an alarm reads. */
export function evaluationRange({ EvaluationPeriods = 1 }: MetricAlarm): number {
  return EvaluationPeriods + EXTRA_PERIODS;
}

const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
};

export const COMPARISON_OPERATORS = Object.keys(COMPARISONS);

export interface Evaluation {
  /** Undefined if the alarm stays in its state. */
  state: StateValue | undefined;
  /** The evaluated datapoints, newest first. */
  points: readonly AlarmPoint[];
  /** The number of missing periods that were filled. */
  filled: number;
}

/**
 * Evaluates an alarm's data (User Guide, "Configuring how CloudWatch alarms treat missing data"). The newest data
 * count, also those before the evaluation periods if some of these are missing; data that are still missing are treated
 * as the alarm's TreatMissingData says.
 *
 * @param range the periods of the evaluation range, newest first
 */
export function evaluateAlarm(alarm: MetricAlarm, range: readonly AlarmPoint[]): Evaluation {
  const { EvaluationPeriods = 1, DatapointsToAlarm: needed = EvaluationPeriods, Threshold = 0 } = alarm;
  const compare = COMPARISONS[alarm.ComparisonOperator!]!;
  const points = range.filter(({ value }) => value !== undefined).slice(0, EvaluationPeriods);
  const filled = EvaluationPeriods - points.length;
  const breaching = points.filter(({ value }) => compare(value!, Threshold));
  const result = (state: StateValue | undefined): Evaluation => ({ state, points, filled });

  const treatment = alarm.TreatMissingData ?? 'missing';
  const counted = breaching.length + (treatment === 'breaching' ? filled : 0);
  if (counted >= needed) return result('ALARM');
  if (filled === 0 || treatment === 'breaching' || treatment === 'notBreaching') return result('OK');
  const anyWithin = breaching.length < points.length;
  if (anyWithin) return result('OK');
  if (treatment === 'ignore') return result(undefined);
  if (points.length === 0) return result('INSUFFICIENT_DATA');
  // All data breach. The state is ALARM once enough time has passed that no further good datapoint can arrive.
  const age = range.indexOf(points.at(-1)!) + 1;
  return result(age >= needed ? 'ALARM' : 'OK');
}
