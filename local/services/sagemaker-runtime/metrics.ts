import type { MetricDatum, StandardUnit } from '@aws-sdk/client-cloudwatch';
import type { Cloud } from '../../core/cloud';

const NAMESPACE = 'AWS/SageMaker';
const SERVICE = 'sagemaker.amazonaws.com';
/** Metrics are at most this late. */
const FLUSH_AFTER_MS = 500;
/** Limits of PutMetricData: metrics a request, different values a metric. */
const MAX_DATA = 1_000;
const MAX_VALUES = 150;

/** Of whom a value tells. */
export interface Subject {
  endpointName: string;
  /** Left out of what concerns the endpoint as a whole. */
  variant?: string;
}

/** What one metric had within one second: each value, and how often. */
interface Series {
  name: string;
  unit: StandardUnit;
  subject: Subject;
  /** Since the epoch. */
  second: number;
  counts: Map<number, number>;
}

/** Metrics of endpoints, published in batches, so that no answer waits for them. */
export class EndpointMetrics {
  private pending = new Map<string, Series>();
  private timer: NodeJS.Timeout | undefined;
  private publishing: Promise<void> = Promise.resolve();
  private readonly told = new Set<string>();

  constructor(private readonly cloud: Cloud) {}

  add(subject: Subject, name: string, value: number, unit: StandardUnit = 'None'): void {
    const second = Math.floor(this.cloud.clock.now() / 1000);
    const key = JSON.stringify([subject.endpointName, subject.variant, name, second]);
    let series = this.pending.get(key);
    if (!series) this.pending.set(key, (series = { name, unit, subject, second, counts: new Map() }));
    series.counts.set(value, (series.counts.get(value) ?? 0) + 1);
    this.timer ??= setTimeout(() => this.flush(), FLUSH_AFTER_MS).unref();
  }

  async close(): Promise<void> {
    this.flush();
    await this.publishing;
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const data = [...this.pending.values()].flatMap(dataOf);
    this.pending = new Map();
    this.publishing = this.publishing.then(() => this.publish(data));
  }

  private async publish(data: MetricDatum[]): Promise<void> {
    // A cloud without CloudWatch has nowhere to put them.
    if (!this.cloud.serviceIds.includes('cloudwatch')) return;
    const caller = { principal: this.cloud.principals.service(SERVICE) };
    try {
      for (let from = 0; from < data.length; from += MAX_DATA) {
        const MetricData = data.slice(from, from + MAX_DATA);
        await this.cloud.call('cloudwatch', 'PutMetricData', { Namespace: NAMESPACE, MetricData }, caller);
      }
    } catch (error) {
      // Metrics are lost, answers are not. Said once: it would be the same every second.
      const { message } = error as Error;
      if (this.told.has(message)) return;
      this.told.add(message);
      console.error(`metrics of endpoints: ${message}`);
    }
  }
}

function dataOf({ name, unit, subject, second, counts }: Series): MetricDatum[] {
  const entries = [...counts];
  const data: MetricDatum[] = [];
  for (let from = 0; from < entries.length; from += MAX_VALUES) {
    const part = entries.slice(from, from + MAX_VALUES);
    data.push({
      MetricName: name,
      Dimensions: [
        { Name: 'EndpointName', Value: subject.endpointName },
        ...(subject.variant === undefined ? [] : [{ Name: 'VariantName', Value: subject.variant }]),
      ],
      Timestamp: new Date(second * 1000),
      Values: part.map(([value]) => value),
      Counts: part.map(([, count]) => count),
      Unit: unit,
      StorageResolution: 1,
    });
  }
  return data;
}
