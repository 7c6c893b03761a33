import type { Dimension, MetricDatum, StandardUnit } from '@aws-sdk/client-cloudwatch';
import type { Cloud } from '../../core/cloud';
import type { Store } from '../../core/store';
import { sampleOfDatum } from './metric-data';
import { merge, type Sample } from './samples';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Retention of data by resolution (User Guide, "Metrics retention"). */
const RETENTION = [
  { resolutionMs: 1_000, keptMs: 3 * HOUR_MS },
  { resolutionMs: 60_000, keptMs: 15 * DAY_MS },
  { resolutionMs: 300_000, keptMs: 63 * DAY_MS },
  { resolutionMs: HOUR_MS, keptMs: 455 * DAY_MS },
] as const;

/** Metrics are published many times a second; their document is written at this interval, and when the cloud closes. */
const SAVED_EVERY_MS = 10_000;

/** Samples by the beginning of their second or minute, in milliseconds since the epoch. */
type Series = Record<string, Sample>;

export interface MetricId {
  namespace: string;
  name: string;
  /** Sorted by name. */
  dimensions: Dimension[];
}

interface Metric extends MetricId {
  /** Data of different units are stored separately. */
  units: Partial<Record<StandardUnit, Series>>;
}

/** A query on one metric. */
export interface MetricQuery {
  metric: MetricId;
  /** Undefined: data of every unit. */
  unit?: StandardUnit;
  /** Milliseconds since the epoch, without the end. */
  start: number;
  end: number;
  periodMs: number;
  /** The time at which the first period begins; default: the epoch. */
  origin?: number;
}

export interface PeriodData {
  /** The period's beginning, milliseconds since the epoch. */
  time: number;
  sample: Sample;
}

/** Called for data that were published together: the earliest time of new data for each metric, by its key. */
export type DataListener = (changes: ReadonlyMap<string, number>) => void;

export function metricId(namespace = '', name = '', dimensions: readonly Dimension[] = []): MetricId {
  return { namespace, name, dimensions: [...dimensions].sort((a, b) => (a.Name! < b.Name! ? -1 : 1)) };
}

export function metricKey({ namespace, name, dimensions }: MetricId): string {
  return JSON.stringify([namespace, name, ...dimensions.map(({ Name, Value }) => [Name, Value])]);
}

/** The account's metrics: data with the resolution of their publication, coarser as they get older. */
export class Metrics {
  private readonly store: Store<{ metrics: Record<string, Metric> }>;
  private readonly listeners: DataListener[] = [];
  private savedAt = -Infinity;

  constructor(private readonly cloud: Cloud) {
    this.store = cloud.stores.store('cloudwatch-metrics', () => ({ metrics: {} }));
  }

  onData(listener: DataListener): void {
    this.listeners.push(listener);
  }

  list(): MetricId[] {
    return Object.values(this.store.data.metrics);
  }

  /** @param data checked data */
  add(namespace: string, data: readonly MetricDatum[]): void {
    const now = this.cloud.clock.now();
    const changes = new Map<string, number>();
    for (const datum of data) {
      const id = metricId(namespace, datum.MetricName, datum.Dimensions);
      const key = metricKey(id);
      const metric = (this.store.data.metrics[key] ??= { ...id, units: {} });
      const series = (metric.units[datum.Unit ?? 'None'] ??= {});
      const resolutionMs = datum.StorageResolution === 1 ? 1_000 : 60_000;
      const time = floor(datum.Timestamp?.getTime() ?? now, resolutionMs);
      put(series, time, sampleOfDatum(datum));
      changes.set(key, Math.min(time, changes.get(key) ?? Infinity));
    }
    for (const listener of this.listeners) listener(changes);
    if (now - this.savedAt >= SAVED_EVERY_MS) this.save();
  }

  /** Aggregates old data, and saves the rest. */
  save(): void {
    this.savedAt = this.cloud.clock.now();
    for (const [key, { units }] of Object.entries(this.store.data.metrics)) {
      for (const series of Object.values(units)) fold(series, this.cloud.clock.now());
      const empty = Object.values(units).every((series) => Object.keys(series).length === 0);
      if (empty) delete this.store.data.metrics[key];
    }
    this.store.changedSlightly();
  }

  /** Returns the units in which a metric was published. */
  units(id: MetricId): StandardUnit[] {
    return Object.keys(this.store.data.metrics[metricKey(id)]?.units ?? {}) as StandardUnit[];
  }

  /** Returns the periods that have data, oldest first. */
  periods({ metric, unit, start, end, periodMs, origin = 0 }: MetricQuery): PeriodData[] {
    const { units = {} } = this.store.data.metrics[metricKey(metric)] ?? {};
    const asked = unit === undefined ? Object.values(units) : [units[unit] ?? {}];
    const grouped = new Map<number, Sample[]>();
    for (const series of asked) {
      for (const [key, sample] of Object.entries(series)) {
        const time = Number(key);
        if (time < start || time >= end) continue;
        const period = origin + floor(time - origin, periodMs);
        grouped.set(period, [...(grouped.get(period) ?? []), sample]);
      }
    }
    return [...grouped]
      .sort(([a], [b]) => a - b)
      .map(([time, samples]) => ({ time, sample: merge(samples) }));
  }
}

function floor(time: number, stepMs: number): number {
  return Math.floor(time / stepMs) * stepMs;
}

function put(series: Series, time: number, sample: Sample): void {
  const before = series[time];
  series[time] = before ? merge([before, sample]) : sample;
}

/** Aggregates data whose resolution has expired, and deletes data that are too old. */
function fold(series: Series, now: number): void {
  for (const [key, sample] of Object.entries(series)) {
    const time = Number(key);
    const level = RETENTION.find(({ keptMs }) => now - time <= keptMs);
    const kept = level && floor(time, level.resolutionMs);
    if (kept === time) continue;
    delete series[key];
    if (kept !== undefined) put(series, kept, sample);
  }
}
