import { notSupported } from '../../model/errors';
import type { Input } from '../../core/service';
import { COMPARISON_OPERATORS } from './alarm-evaluation';
import { conflicting, invalid } from './faults';
import { checkPeriod } from './metric-operations';
import { checkStatistic, isPercentile } from './statistics';

type Request = Input<'cloudwatch', 'PutMetricAlarm'>;

const MAX_TAGS = 50;
/** Limits of evaluation periods times period in seconds: a day, or a week with periods of an hour or more. */
const MAX_SECONDS = { short: 86_400, long: 604_800 };
const MISSING_DATA = ['breaching', 'notBreaching', 'ignore', 'missing'];

const NOT_PLAYED = {
  Metrics: 'Metric math is not evaluated; name one metric.',
  ThresholdMetricId: 'There is no anomaly detection; give a Threshold.',
  EvaluationCriteria: 'Leave it out.',
  EvaluationInterval: 'Leave it out.',
  EvaluationWindow: 'Leave it out.',
  WarmUpConfiguration: 'Leave it out.',
} as const;

/**
 * Rules of PutMetricAlarm's API reference that its model does not have.
 *
 * @throws ServiceError with CloudWatch's codes; NotImplemented for unsupported alarms
 */
export function checkAlarm(request: Request): void {
  for (const [member, instead] of Object.entries(NOT_PLAYED)) {
    if (request[member as keyof typeof NOT_PLAYED] !== undefined) {
      throw notSupported(`${member} of an alarm`, instead);
    }
  }
  checkAlarmName(request.AlarmName!);
  const { Tags = [] } = request;
  if (Tags.length > MAX_TAGS)
    throw invalid(`An alarm has at most ${MAX_TAGS} Tags; these are ${Tags.length}.`);
  checkMetric(request);
  checkPeriods(request);
  checkComparison(request);
  for (const field of ['OKActions', 'AlarmActions', 'InsufficientDataActions'] as const) {
    checkActions(field, request[field] ?? []);
  }
}

function checkAlarmName(name: string): void {
  if (!/[\u0000-\u001f\u007f]/.test(name)) return;
  throw invalid(`The value '${name}' for parameter AlarmName is invalid: it contains a control character.`);
}

function checkMetric(request: Request): void {
  const { MetricName, Namespace, Statistic, ExtendedStatistic } = request;
  if (!MetricName || !Namespace) {
    throw invalid('An alarm needs a MetricName and a Namespace.');
  }
  if ((Statistic === undefined) === (ExtendedStatistic === undefined)) {
    throw conflicting('An alarm needs either Statistic or ExtendedStatistic, and not both.');
  }
  if (ExtendedStatistic !== undefined) {
    checkStatistic('ExtendedStatistic', ExtendedStatistic);
    if (!isPercentile(ExtendedStatistic)) throw invalid(`Give ${ExtendedStatistic} as Statistic.`);
  }
  const low = request.EvaluateLowSampleCountPercentile;
  if (low !== undefined && low !== 'evaluate') {
    throw notSupported(`EvaluateLowSampleCountPercentile '${low}'`, "Use 'evaluate'.");
  }
}

function checkPeriods({ Period, EvaluationPeriods, DatapointsToAlarm }: Request): void {
  if (Period === undefined) throw invalid('An alarm needs a Period, in seconds.');
  checkPeriod(Period, [10, 20, 30]);
  if (EvaluationPeriods === undefined || !Number.isInteger(EvaluationPeriods)) {
    throw invalid(`An alarm needs EvaluationPeriods, a whole number, not ${EvaluationPeriods}.`);
  }
  const seconds = Period * EvaluationPeriods;
  const most = Period >= 3_600 ? MAX_SECONDS.long : MAX_SECONDS.short;
  if (seconds > most) {
    throw invalid(
      `Metrics cannot be checked across more than ${most} seconds: EvaluationPeriods (${EvaluationPeriods}) * Period (${Period}) is ${seconds}.`,
    );
  }
  if (DatapointsToAlarm !== undefined && DatapointsToAlarm > EvaluationPeriods) {
    throw invalid(
      `DatapointsToAlarm must be from 1 to EvaluationPeriods (${EvaluationPeriods}), not ${DatapointsToAlarm}.`,
    );
  }
}

function checkComparison({ ComparisonOperator: comparison, ...request }: Request): void {
  const { Threshold, TreatMissingData = 'missing' } = request;
  const known = COMPARISON_OPERATORS.join(', ');
  if (comparison === undefined) throw invalid(`An alarm needs a ComparisonOperator: ${known}.`);
  if (!COMPARISON_OPERATORS.includes(comparison)) {
    throw notSupported(`the ComparisonOperator ${comparison}`, `Use ${known}.`);
  }
  if (Threshold === undefined || !Number.isFinite(Threshold)) {
    throw invalid(`An alarm needs a Threshold that is a number, not ${Threshold}.`);
  }
  if (!MISSING_DATA.includes(TreatMissingData)) {
    throw invalid(
      `The value '${TreatMissingData}' for parameter TreatMissingData is invalid: ${MISSING_DATA.join(', ')}.`,
    );
  }
}

function checkActions(field: string, actions: readonly string[]): void {
  for (const action of actions) {
    if (isTopic(action) || isScalingPolicy(action)) continue;
    if (/^arn:aws[a-z-]*:(automate|swf|lambda|ssm|ssm-incidents|aiops):/.test(action)) {
      throw notSupported(`the alarm action ${action}`, 'Use the ARN of an SNS topic.');
    }
    throw invalid(`Invalid arn syntax: '${action}' in ${field} is not the ARN of an action.`);
  }
}

export function isTopic(arn: string): boolean {
  return /^arn:aws[a-z-]*:sns:[^:]+:\d{12}:[\w-]+$/.test(arn);
}

/** Matches policies of Auto Scaling and of Application Auto Scaling, whose ARNs have the same form. */
export function isScalingPolicy(arn: string): boolean {
  return /^arn:aws[a-z-]*:autoscaling:[^:]+:\d{12}:scalingPolicy:/.test(arn);
}
