import {
  ENVIRONMENT_DIMENSION,
  METRIC_NAMESPACE,
  PIPELINE_METRICS,
  type PipelineMetric,
} from '../../lib/contract/observability';

export type MetricValues = Readonly<Partial<Record<PipelineMetric, number>>>;

/**
 * Returns a log line in the embedded metric format, from which CloudWatch Logs extracts metrics: no call, no
 * permission. Values that are not finite numbers are left out: JSON cannot hold them.
 *
 * @param now milliseconds since the epoch
 */
export function metricLine(prefix: string, runId: string, values: MetricValues, now: number): string {
  const finite = Object.entries(values).filter(([, value]) => Number.isFinite(value));
  return JSON.stringify({
    _aws: {
      Timestamp: now,
      CloudWatchMetrics: [
        {
          Namespace: METRIC_NAMESPACE,
          Dimensions: [[ENVIRONMENT_DIMENSION]],
          Metrics: finite.map(([Name]) => ({ Name, Unit: PIPELINE_METRICS[Name as PipelineMetric] })),
        },
      ],
    },
    [ENVIRONMENT_DIMENSION]: prefix,
    runId,
    ...Object.fromEntries(finite),
  });
}

/**
 * Publishes metrics of a run. It does not use the console: Lambda's runtime would wrap the line into its own JSON, as
 * text, and CloudWatch Logs would find no metric in it.
 */
export function publishMetrics(prefix: string, runId: string, values: MetricValues): void {
  process.stdout.write(`${metricLine(prefix, runId, values, Date.now())}\n`);
}
