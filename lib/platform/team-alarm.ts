import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import { resourcePrefix, type PipelineConfig } from '../config';
import type { TeamTopic } from './team-topic';
import { capitalise } from '../contract/text';

export interface TeamAlarmsProps {
  readonly config: PipelineConfig;
  readonly team: TeamTopic;
}

export interface TeamAlarm {
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
 * Alarms that a person must act on: each notifies the team when it is raised, but not when it ends: CloudWatch would
 * also notify of each new alarm that finds nothing.
 */
export abstract class TeamAlarms extends Construct {
  private readonly action: SnsAction;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: TeamAlarmsProps,
  ) {
    super(scope, id);
    this.action = new SnsAction(props.team.topic);
  }

  protected add({ what, of = '', description, metric, threshold, comparison, periods, missing }: TeamAlarm) {
    const id = [...what.split('-'), ...of.split('-')].map(capitalise).join('');
    const alarm = new cloudwatch.Alarm(this, id, {
      alarmName: [resourcePrefix(this.props.config), what, ...(of ? [of] : [])].join('-'),
      alarmDescription: `${description} What to do: docs/runbook.md, "${what}".`,
      metric,
      threshold,
      comparisonOperator: comparison ?? cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: periods ?? 1,
      treatMissingData: missing ?? cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(this.action);
  }
}
