import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { resourcePrefix, type PipelineConfig } from '../config';
import { ENVIRONMENT_DIMENSION, METRIC_NAMESPACE, type PipelineMetric } from '../contract/observability';
import { DAY, SUM, TeamAlarm, type AlarmContext, type MetricView } from '../platform/team-alarm';

/** Returns a metric of runs. */
export function runMetric(config: PipelineConfig, metricName: PipelineMetric, view: MetricView): Metric {
  const dimensionsMap = { [ENVIRONMENT_DIMENSION]: resourcePrefix(config) };
  return new Metric({ namespace: METRIC_NAMESPACE, metricName, dimensionsMap, ...view });
}

/** A single failed run has its own mail; two in a day indicate a systematic fault. */
const FAILED_RUNS = 2;
/** The longest evaluation interval of an alarm: seven days. */
const DAYS_WITHOUT_RUN = 7;

/** Alarms on the outcomes of runs. */
export class RunAlarms extends Construct {
  constructor(scope: Construct, id: string, context: AlarmContext) {
    super(scope, id);
    const { config } = context;
    new TeamAlarm(this, context, {
      what: 'runs-failing',
      description: `${FAILED_RUNS} runs or more failed within a day.`,
      metric: runMetric(config, 'RunsFailed', { statistic: SUM, period: DAY }),
      threshold: FAILED_RUNS,
    });
    if (config.triggers.schedule) {
      new TeamAlarm(this, context, {
        what: 'runs-missing',
        description: `No run has ended as it should for ${DAYS_WITHOUT_RUN} days, though there is a schedule.`,
        metric: runMetric(config, 'RunsCompleted', { statistic: SUM, period: DAY }),
        threshold: 1,
        comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
        periods: DAYS_WITHOUT_RUN,
        missing: TreatMissingData.BREACHING,
      });
    }
  }
}
