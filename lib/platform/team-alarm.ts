import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { resourcePrefix, type PipelineConfig } from '../config';
import { capitalise } from '../contract/text';
import type { TeamTopic } from './team-topic';

export const DAY = Duration.days(1);
export const FIVE_MINUTES = Duration.minutes(5);
export const SUM = cloudwatch.Stats.SUM;
/** The 99th percentile. */
export const P99 = cloudwatch.Stats.percentile(99);

/** Statistic, period and label of a metric. */
export type MetricView = Readonly<{ statistic: string; period: Duration; label?: string }>;

/** Environment of an alarm, and those whom it notifies. */
export interface AlarmContext {
  readonly config: PipelineConfig;
  readonly team: TeamTopic;
}

export interface TeamAlarmProps {
  /** Section of docs/runbook.md, and the last words of the alarm's name. */
  readonly what: string;
  /** Variant or the like that the alarm watches, if there are several. */
  readonly of?: string;
  /** Event in one sentence. */
  readonly description: string;
  readonly metric: cloudwatch.IMetric;
  readonly threshold: number;
  /** Default: at least the threshold. */
  readonly comparison?: cloudwatch.ComparisonOperator;
  /** Consecutive periods that must breach. Default: 1. */
  readonly periods?: number;
  /** Default: missing data does not breach. */
  readonly missing?: cloudwatch.TreatMissingData;
}

/**
 * An alarm that a person must act on, created by the capability that it watches. It notifies the team when it is raised,
 * but not when it ends: CloudWatch would also notify of each new alarm that finds nothing.
 */
export class TeamAlarm extends cloudwatch.Alarm {
  constructor(scope: Construct, { config, team }: AlarmContext, props: TeamAlarmProps) {
    const { what, of = '', description, metric, threshold, comparison, periods, missing } = props;
    super(scope, [...what.split('-'), ...of.split('-')].map(capitalise).join(''), {
      alarmName: [resourcePrefix(config), what, ...(of ? [of] : [])].join('-'),
      alarmDescription: `${description} What to do: docs/runbook.md, "${what}".`,
      metric,
      threshold,
      comparisonOperator: comparison ?? cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: periods ?? 1,
      treatMissingData: missing ?? cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    this.addAlarmAction(new SnsAction(team.topic));
  }
}

/** Creates the alarm on every error of a function. */
export function errorsAlarm(
  scope: Construct,
  context: AlarmContext,
  fn: IFunction,
  props: Pick<TeamAlarmProps, 'what' | 'description'>,
): TeamAlarm {
  const metric = fn.metricErrors({ period: FIVE_MINUTES });
  return new TeamAlarm(scope, context, { ...props, metric, threshold: 1 });
}
