import type { MetricDatum } from '@aws-sdk/client-cloudwatch';
import type { MetricData, MetricDefinition } from '@aws-sdk/client-sagemaker';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Caller } from '../../core/service';

const NAMESPACE = '/aws/sagemaker/TrainingJobs';
/** Limit of PutMetricData. */
const MAX_DATA = 1000;

/** Collects a training job's metrics from its output, for Describe and for CloudWatch. */
export class TrainingMetrics {
  private readonly definitions: readonly { name: string; regex: RegExp }[];
  private readonly last = new Map<string, MetricData>();
  private unpublished: MetricDatum[] = [];

  constructor(
    private readonly cloud: Cloud,
    private readonly jobName: string,
    definitions: readonly MetricDefinition[] = [],
  ) {
    this.definitions = definitions.map(({ Name, Regex }) => ({ name: Name!, regex: new RegExp(Regex!) }));
  }

  scan(line: string): void {
    for (const { name, regex } of this.definitions) {
      const value = Number(regex.exec(line)?.[1] ?? NaN);
      if (!Number.isFinite(value)) continue;
      const datum = { MetricName: name, Value: value, Timestamp: new Date(this.cloud.clock.now()) };
      this.last.set(name, datum);
      const Dimensions = [{ Name: 'TrainingJobName', Value: this.jobName }];
      this.unpublished.push({ ...datum, Dimensions });
    }
  }

  /** Returns the last value of each metric, not the best. */
  final(): MetricData[] {
    return [...this.last.values()];
  }

  /**
   * Publishes the metrics with the role. As in AWS, a job whose role lacks the permission continues without metrics.
   */
  async publish(caller: Caller): Promise<void> {
    while (this.unpublished.length > 0) {
      const MetricData = this.unpublished.splice(0, MAX_DATA);
      try {
        await this.cloud.call('cloudwatch', 'PutMetricData', { Namespace: NAMESPACE, MetricData }, caller);
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        this.unpublished = [];
      }
    }
  }
}
