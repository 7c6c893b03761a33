import type { PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';

export const ALARM_ARN = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:Errors';
export const DIMENSIONS = [{ Name: 'Endpoint', Value: 'e' }];

/** More than one error in a minute. */
export function alarmInput(change: Partial<PutMetricAlarmCommandInput> = {}): PutMetricAlarmCommandInput {
  return {
    ...{
      AlarmName: 'Errors',
      Namespace: 'App',
      MetricName: 'Errors',
      Dimensions: DIMENSIONS,
      Statistic: 'Sum',
    },
    ...{ Period: 60, EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' },
    ...change,
  };
}
