import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { DAY, FIVE_MINUTES, P99, SUM, type EnvironmentMetrics } from '../serving/metrics';
import { TeamAlarms, type TeamAlarmsProps } from '../platform/team-alarm';

export interface PipelineAlarmsProps extends TeamAlarmsProps {
  readonly metrics: EnvironmentMetrics;
  readonly notify: IFunction;
  /** Only with automatic triggers. */
  readonly trigger?: IFunction;
  /** Only with working hours. */
  readonly workingHours?: IFunction;
}

/** A single failed run has its own mail; two in a day indicate a systematic fault. */
const FAILED_RUNS = 2;
/** The longest evaluation interval of an alarm: seven days. */
const DAYS_WITHOUT_RUN = 7;
/** 15 minutes: one slow minute raises no alarm, and an idle endpoint's first answers are slow. */
const SLOW_PERIODS = 3;

/** Alarms on runs, on the functions that start and report them, and on the endpoint. */
export class PipelineAlarms extends TeamAlarms {
  constructor(scope: Construct, id: string, props: PipelineAlarmsProps) {
    super(scope, id, props);
    const { config, metrics, notify, trigger, workingHours } = props;
    this.add({
      what: 'runs-failing',
      description: `${FAILED_RUNS} runs or more failed within a day.`,
      metric: metrics.pipeline('RunsFailed', { statistic: SUM, period: DAY }),
      threshold: FAILED_RUNS,
    });
    if (config.triggers.schedule) {
      this.add({
        what: 'runs-missing',
        description: `No run has ended as it should for ${DAYS_WITHOUT_RUN} days, though there is a schedule.`,
        metric: metrics.pipeline('RunsCompleted', { statistic: SUM, period: DAY }),
        threshold: 1,
        comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
        periods: DAYS_WITHOUT_RUN,
        missing: TreatMissingData.BREACHING,
      });
    }
    this.add({
      what: 'notify-errors',
      description: 'The function that notifies the team of unsuccessful runs failed.',
      metric: notify.metricErrors({ period: FIVE_MINUTES }),
      threshold: 1,
    });
    if (trigger) {
      this.add({
        what: 'trigger-errors',
        description: 'The function that starts runs failed: a trigger may have been lost.',
        metric: trigger.metricErrors({ period: FIVE_MINUTES }),
        threshold: 1,
      });
    }
    if (workingHours) {
      this.add({
        what: 'hours-errors',
        description: 'The endpoint could not be started or stopped for its working hours.',
        metric: workingHours.metricErrors({ period: FIVE_MINUTES }),
        threshold: 1,
      });
    }
    for (const variant of metrics.variants) this.addVariant(variant, props);
  }

  private addVariant(variant: string, { config, metrics }: PipelineAlarmsProps): void {
    const { errorsPerFiveMinutes, latencyMs } = config.alarms;
    this.add({
      what: 'endpoint-errors',
      of: variant,
      description: `Variant ${variant} of the endpoint answers 5xx.`,
      metric: metrics.variant('Invocation5XXErrors', variant, { statistic: SUM, period: FIVE_MINUTES }),
      threshold: errorsPerFiveMinutes,
    });
    this.add({
      what: 'endpoint-latency',
      of: variant,
      description: `Variant ${variant} of the endpoint answers slowly.`,
      metric: metrics.variant('ModelLatency', variant, { statistic: P99, period: FIVE_MINUTES }),
      // The metric is in microseconds.
      threshold: latencyMs * 1_000,
      periods: SLOW_PERIODS,
    });
  }
}
