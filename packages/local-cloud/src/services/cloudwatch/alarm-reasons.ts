import type { MetricAlarm, StateValue } from '@aws-sdk/client-cloudwatch';
import type { AlarmPoint, Evaluation } from './alarm-evaluation';

/** The state of an alarm that was never evaluated. */
export const UNCHECKED = 'Unchecked: Initial alarm creation';

const WORDS: Readonly<Record<string, string>> = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  GreaterThanThreshold: 'greater than',
  LessThanOrEqualToThreshold: 'less than or equal to',
  LessThanThreshold: 'less than',
};

/** Returns `StateReason` with CloudWatch's message. */
export function stateReason(alarm: MetricAlarm, state: StateValue, { points, filled }: Evaluation): string {
  const { EvaluationPeriods = 1, DatapointsToAlarm = EvaluationPeriods, Threshold = 0 } = alarm;
  if (state === 'INSUFFICIENT_DATA') {
    return `Insufficient Data: ${count(filled, 'datapoint')} ${were(filled)} unknown.`;
  }
  if (points.length === 0) {
    const treated = alarm.TreatMissingData === 'breaching' ? 'Breaching' : 'NonBreaching';
    return `Threshold Crossed: no datapoints were received for ${count(filled, 'period')} and ${count(filled, 'missing datapoint')} ${were(filled)} treated as [${treated}].`;
  }
  const [not, least, change] =
    state === 'ALARM'
      ? ['', DatapointsToAlarm, 'OK -> ALARM']
      : ['not ', EvaluationPeriods - DatapointsToAlarm + 1, 'ALARM -> OK'];
  const values = points.map(({ value, time }) => `${decimal(value!)} (${shortTime(time)})`).join(', ');
  return `Threshold Crossed: ${points.length} out of the last ${EvaluationPeriods} datapoints [${values}] ${were(points.length)} ${not}${WORDS[alarm.ComparisonOperator!]} the threshold (${decimal(Threshold)}) (minimum ${count(least, 'datapoint')} for ${change} transition).`;
}

/** Returns `StateReasonData`: the same as JSON. */
export function reasonData(alarm: MetricAlarm, now: number, { points }: Evaluation): string {
  const oldest = points.at(-1);
  return JSON.stringify({
    version: '1.0',
    queryDate: isoTime(now),
    ...(oldest && { startDate: isoTime(oldest.time) }),
    ...(alarm.Unit && { unit: alarm.Unit }),
    statistic: alarm.Statistic ?? alarm.ExtendedStatistic,
    period: alarm.Period,
    recentDatapoints: [...points].reverse().map(({ value }) => value),
    threshold: alarm.Threshold,
    evaluatedDatapoints: points.map(({ time, samples, value }: AlarmPoint) => ({
      timestamp: isoTime(time),
      sampleCount: samples,
      value,
    })),
  });
}

/** Formats times in messages and events, such as `2030-01-01T00:00:00.000+0000`. */
export function isoTime(time: number): string {
  return new Date(time).toISOString().replace('Z', '+0000');
}

/** Formats a time as `31/01/30 17:05:00`. */
function shortTime(time: number): string {
  const [, year, month, day, clock] = /^..(..)-(..)-(..)T(.{8})/.exec(new Date(time).toISOString())!;
  return `${day}/${month}/${year} ${clock}`;
}

/** Formats a number as Java writes a double: with a decimal point. */
function decimal(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function were(number: number): string {
  return number === 1 ? 'was' : 'were';
}
