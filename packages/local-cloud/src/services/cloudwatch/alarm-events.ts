import { createHash } from 'node:crypto';
import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { isoTime } from './alarm-reasons';

/** `previousState` and `state` of the event "CloudWatch Alarm State Change" (EventBridge reference). */
export function stateChange(alarm: MetricAlarm, before: MetricAlarm): Record<string, unknown> {
  return { previousState: state(before), state: state(alarm) };
}

function state(alarm: MetricAlarm): Record<string, unknown> {
  return {
    reason: alarm.StateReason,
    ...(alarm.StateReasonData && { reasonData: alarm.StateReasonData }),
    timestamp: isoTime(timeOf(alarm.StateUpdatedTimestamp)),
    value: alarm.StateValue,
  };
}

/** `configuration` of the event. */
export function alarmConfiguration(alarm: MetricAlarm): Record<string, unknown> {
  const { Namespace, MetricName, Dimensions = [], Period, Unit, Statistic, ExtendedStatistic } = alarm;
  return {
    ...(alarm.AlarmDescription !== undefined && { description: alarm.AlarmDescription }),
    metrics: [
      {
        id: uuidOf(alarm.AlarmArn!),
        metricStat: {
          metric: {
            namespace: Namespace,
            name: MetricName,
            dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name!, Value!] as const)),
          },
          period: Period,
          stat: Statistic ?? ExtendedStatistic,
          ...(Unit && { unit: Unit }),
        },
        returnData: true,
      },
    ],
  };
}

/** Returns the mail's subject: SNS accepts a hundred printable ASCII characters. */
export function subject({ AlarmName, StateValue }: MetricAlarm, region: string): string {
  const name = AlarmName!.replace(/[^ -~]/g, '?');
  const rest = `${StateValue}: "" in ${regionName(region)}`.length;
  return `${StateValue}: "${name.slice(0, 100 - rest)}" in ${regionName(region)}`;
}

/** Returns an alarm's message to its topics (User Guide, "Notifying users on alarm changes"). */
export function notification(
  alarm: MetricAlarm,
  before: MetricAlarm,
  region: string,
  account: string,
): string {
  const { Dimensions = [], Statistic, ExtendedStatistic, EvaluationPeriods } = alarm;
  return JSON.stringify({
    AlarmName: alarm.AlarmName,
    AlarmDescription: alarm.AlarmDescription ?? null,
    AWSAccountId: account,
    AlarmConfigurationUpdatedTimestamp: isoTime(timeOf(alarm.AlarmConfigurationUpdatedTimestamp)),
    NewStateValue: alarm.StateValue,
    NewStateReason: alarm.StateReason,
    StateChangeTime: isoTime(timeOf(alarm.StateTransitionedTimestamp)),
    Region: regionName(region),
    AlarmArn: alarm.AlarmArn,
    OldStateValue: before.StateValue,
    OKActions: alarm.OKActions ?? [],
    AlarmActions: alarm.AlarmActions ?? [],
    InsufficientDataActions: alarm.InsufficientDataActions ?? [],
    Trigger: {
      MetricName: alarm.MetricName,
      Namespace: alarm.Namespace,
      ...(Statistic
        ? { StatisticType: 'Statistic', Statistic: STATISTICS[Statistic] }
        : { StatisticType: 'ExtendedStatistic', ExtendedStatistic }),
      Unit: alarm.Unit ?? null,
      Dimensions: Dimensions.map(({ Name, Value }) => ({ value: Value, name: Name })),
      Period: alarm.Period,
      EvaluationPeriods,
      DatapointsToAlarm: alarm.DatapointsToAlarm ?? EvaluationPeriods,
      ComparisonOperator: alarm.ComparisonOperator,
      Threshold: alarm.Threshold,
      TreatMissingData: alarm.TreatMissingData ?? 'missing',
      EvaluateLowSampleCountPercentile: alarm.EvaluateLowSampleCountPercentile ?? '',
    },
  });
}

const STATISTICS: Readonly<Record<string, string>> = {
  Average: 'AVERAGE',
  Maximum: 'MAXIMUM',
  Minimum: 'MINIMUM',
  SampleCount: 'SAMPLE_COUNT',
  Sum: 'SUM',
};

function regionName(region: string): string {
  return region === 'us-east-1' ? 'US East (N. Virginia)' : region;
}

/** Times are text in a state that was read from disk. */
function timeOf(time: Date | string | undefined): number {
  return new Date(time!).getTime();
}

/** Returns the id of the alarm's metric in events, which never changes. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}
