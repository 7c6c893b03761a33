import type { MetricAlarm, StateValue } from '@aws-sdk/client-cloudwatch';

/** One period of an alarm's metric. */
export interface AlarmPoint {
  /** The period's beginning, milliseconds since the epoch. */
  time: number;
  /** Undefined where the metric has no data. */
  value: number | undefined;
  samples: number;
}

/** Periods that are read beyond the evaluation periods: the documentation's examples read five for three. */
const EXTRA_PERIODS = 2;

/** How many periods an alarm reads. */
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

export interface Judgement {
  /** Undefined where the alarm stays in its state. */
  state: StateValue | undefined;
  /** What was counted, newest first. */
  points: readonly AlarmPoint[];
  /** How many periods had to be made up for. */
  filled: number;
}

/**
 * The state that data put an alarm into (User Guide, "Configuring how CloudWatch alarms treat missing data"). The
 * newest data count, also those from before the evaluation periods where some of these are missing; only what is
 * missing even so is treated as the alarm says.
 *
 * @param range the periods of the evaluation range, newest first
 */
export function judge(alarm: MetricAlarm, range: readonly AlarmPoint[]): Judgement {
  const { EvaluationPeriods = 1, DatapointsToAlarm: needed = EvaluationPeriods, Threshold = 0 } = alarm;
  const compare = COMPARISONS[alarm.ComparisonOperator!]!;
  const points = range.filter(({ value }) => value !== undefined).slice(0, EvaluationPeriods);
  const filled = EvaluationPeriods - points.length;
  const breaching = points.filter(({ value }) => compare(value!, Threshold));
  const verdict = (state: StateValue | undefined): Judgement => ({ state, points, filled });

  const treatment = alarm.TreatMissingData ?? 'missing';
  const counted = breaching.length + (treatment === 'breaching' ? filled : 0);
  if (counted >= needed) return verdict('ALARM');
  if (filled === 0 || treatment === 'breaching' || treatment === 'notBreaching') return verdict('OK');
  const anyWithin = breaching.length < points.length;
  if (anyWithin) return verdict('OK');
  if (treatment === 'ignore') return verdict(undefined);
  if (points.length === 0) return verdict('INSUFFICIENT_DATA');
  // All that there is breaches. It is an alarm once enough time has passed since, so that one more good datapoint
  // could not have come.
  const age = range.indexOf(points.at(-1)!) + 1;
  return verdict(age >= needed ? 'ALARM' : 'OK');
}
