import type { Dimension, MetricDatum, StandardUnit } from '@aws-sdk/client-cloudwatch';
import type { Cloud } from './cloud';

/** The longest delay of a metric. */
const FLUSH_AFTER_MS = 500;
/** Limits of PutMetricData: metrics a request, different values a metric. */
const MAX_DATA = 1_000;
const MAX_VALUES = 150;

/** A metric's dimensions by name. */
export type Subject = Readonly<Record<string, string>>;

/** The service that publishes metrics. */
export interface Publisher {
  /** The namespace, `AWS/…`. */
  namespace: string;
  /** The principal of the service. */
  service: string;
  /** 1 keeps seconds, 60 whole minutes; 60 by default. */
  resolution?: 1 | 60;
}

/** One metric's values within one second, each with its count. */
interface Series {
  name: string;
  unit: StandardUnit;
  subject: Subject;
  /** Seconds since the epoch. */
  second: number;
  counts: Map<number, number>;
}

/** Publishes a service's own metrics in CloudWatch, in batches, so that answers do not wait for it. */
export class ServiceMetrics {
  private pending = new Map<string, Series>();
  private timer: NodeJS.Timeout | undefined;
  private publishing: Promise<void> = Promise.resolve();
  private readonly reported = new Set<string>();

  constructor(
    private readonly cloud: Cloud,
    private readonly publisher: Publisher,
  ) {}

  add(subject: Subject, name: string, value: number, unit: StandardUnit = 'None'): void {
    const second = Math.floor(this.cloud.clock.now() / 1000);
    const key = JSON.stringify([subject, name, second]);
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
    const data = [...this.pending.values()].flatMap((series) => this.dataOf(series));
    this.pending = new Map();
    this.publishing = this.publishing.then(() => this.publish(data));
  }

  private async publish(data: MetricDatum[]): Promise<void> {
    // A cloud without CloudWatch cannot store metrics.
    if (!this.cloud.services.ids.includes('cloudwatch')) return;
    const { namespace: Namespace, service } = this.publisher;
    const caller = { principal: this.cloud.principals.service(service) };
    try {
      for (let from = 0; from < data.length; from += MAX_DATA) {
        const MetricData = data.slice(from, from + MAX_DATA);
        await this.cloud.call('cloudwatch', 'PutMetricData', { Namespace, MetricData }, caller);
      }
    } catch (error) {
      // A failure loses metrics, not answers. It is reported once: it would be the same every second.
      const { message } = error as Error;
      if (this.reported.has(message)) return;
      this.reported.add(message);
      console.error(`metrics of ${Namespace}: ${message}`);
    }
  }

  private dataOf({ name, unit, subject, second, counts }: Series): MetricDatum[] {
    const entries = [...counts];
    const dimensions: Dimension[] = Object.entries(subject).map(([Name, Value]) => ({ Name, Value }));
    const data: MetricDatum[] = [];
    for (let from = 0; from < entries.length; from += MAX_VALUES) {
      const part = entries.slice(from, from + MAX_VALUES);
      data.push({
        MetricName: name,
        Dimensions: dimensions,
        Timestamp: new Date(second * 1000),
        Values: part.map(([value]) => value),
        Counts: part.map(([, count]) => count),
        Unit: unit,
        StorageResolution: this.publisher.resolution ?? 60,
      });
    }
    return data;
  }
}
