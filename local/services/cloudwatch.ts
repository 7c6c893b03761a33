import type { Datapoint, Dimension, MetricDatum, StandardUnit, Statistic } from '@aws-sdk/client-cloudwatch';
import type { Cloud } from '../core/cloud';
import { notSupported, ServiceError } from '../core/errors';
import { page } from '../core/paging';
import type { Input, Service } from '../core/service';

/** What a metric had within one minute. */
interface Minute {
  sum: number;
  min: number;
  max: number;
  count: number;
}

interface Metric {
  namespace: string;
  name: string;
  dimensions: Dimension[];
  unit?: StandardUnit;
  /** By the minute's beginning, in milliseconds since the epoch. */
  minutes: Record<string, Minute>;
}

const MINUTE_MS = 60_000;
const MAX_DATA = 1000;
const MAX_DIMENSIONS = 30;
const PAGE = 500;

/** CloudWatch: metrics, summed by the minute. No alarms, no percentiles, no expressions. */
export function cloudwatch(cloud: Cloud): Service<'cloudwatch'> {
  const store = cloud.stores.store<{ metrics: Record<string, Metric> }>('cloudwatch', () => ({
    metrics: {},
  }));
  const { metrics } = store.data;

  function add(namespace: string, datum: MetricDatum): void {
    const { MetricName: name = '', Dimensions = [], Unit } = datum;
    const dimensions = [...Dimensions].sort((a, b) => (a.Name! < b.Name! ? -1 : 1));
    const metric = (metrics[keyOf(namespace, name, dimensions)] ??= {
      namespace,
      name,
      dimensions,
      minutes: {},
    });
    if (Unit) metric.unit = Unit;
    const time = datum.Timestamp?.getTime() ?? cloud.clock.now();
    const minute = Math.floor(time / MINUTE_MS) * MINUTE_MS;
    metric.minutes[minute] = merge([
      ...(metric.minutes[minute] ? [metric.minutes[minute]] : []),
      summary(datum),
    ]);
  }

  /** A metric's periods that have data, oldest first, with their beginnings in milliseconds. */
  function periods(
    {
      Namespace = '',
      MetricName = '',
      Dimensions = [],
    }: { Namespace?: string; MetricName?: string; Dimensions?: Dimension[] },
    start: Date,
    end: Date,
    seconds: number,
  ): { time: number; data: Minute }[] {
    if (seconds % 60 !== 0 || seconds < 60) {
      throw invalid(`The parameter Period must be a multiple of 60, not ${seconds}.`);
    }
    const metric = metrics[keyOf(Namespace, MetricName, Dimensions)];
    const grouped = new Map<number, Minute[]>();
    for (const [key, minute] of Object.entries(metric?.minutes ?? {})) {
      const time = Number(key);
      if (time < start.getTime() || time >= end.getTime()) continue;
      const period = Math.floor(time / (seconds * 1000)) * seconds * 1000;
      grouped.set(period, [...(grouped.get(period) ?? []), minute]);
    }
    return [...grouped].sort(([a], [b]) => a - b).map(([time, minutes]) => ({ time, data: merge(minutes) }));
  }

  return {
    id: 'cloudwatch',
    permissions: {
      PutMetricData: ({ Namespace = '' }) => ({
        action: 'cloudwatch:PutMetricData',
        resources: ['*'],
        context: { 'cloudwatch:namespace': Namespace },
      }),
    },
    operations: {
      async PutMetricData({ Namespace = '', MetricData = [], EntityMetricData }, { principal }) {
        if (EntityMetricData?.length) throw notSupported('EntityMetricData', 'Use MetricData.');
        if (MetricData.length > MAX_DATA) {
          throw invalid(`The collection MetricData must not have a size greater than ${MAX_DATA}.`);
        }
        const reserved = Namespace.startsWith('AWS/') && principal.kind !== 'service';
        if (reserved || !/^[\w.\-/#][\w.\-/#: ]{0,254}$/.test(Namespace)) {
          const allowed = '1 to 255 letters, digits, spaces and any of ._-/#:, and AWS/ is for AWS services';
          throw invalid(`The value '${Namespace}' for parameter Namespace is invalid: ${allowed}.`);
        }
        for (const datum of MetricData) checkDatum(datum);
        for (const datum of MetricData) add(Namespace, datum);
        store.changed();
        return {};
      },

      async ListMetrics({ Namespace, MetricName, Dimensions = [], NextToken }) {
        const found = Object.values(metrics).filter(
          ({ namespace, name, dimensions }) =>
            (Namespace === undefined || namespace === Namespace) &&
            (MetricName === undefined || name === MetricName) &&
            Dimensions.every((wanted) =>
              dimensions.some(({ Name, Value }) => Name === wanted.Name && (wanted.Value ?? Value) === Value),
            ),
        );
        const key = ({ namespace, name, dimensions }: Metric) => keyOf(namespace, name, dimensions);
        const { items, nextToken } = page(found, key, PAGE, NextToken, invalid);
        const shown = items.map(({ namespace, name, dimensions }) => ({
          ...{ Namespace: namespace, MetricName: name, Dimensions: dimensions },
        }));
        return { Metrics: shown, NextToken: nextToken };
      },

      async GetMetricStatistics(input) {
        const { StartTime, EndTime, Period, Statistics = [], ExtendedStatistics } = input;
        if (ExtendedStatistics?.length) throw notSupported('ExtendedStatistics', 'Use Statistics.');
        if (Statistics.length === 0) throw invalid('The parameter Statistics needs at least one statistic.');
        const unit =
          metrics[keyOf(input.Namespace!, input.MetricName!, input.Dimensions ?? [])]?.unit ?? 'None';
        const datapoints = periods(input, StartTime!, EndTime!, Period!).map(({ time, data }): Datapoint => {
          const values = Statistics.map((statistic) => [statistic, statisticOf(data, statistic)]);
          return { Timestamp: new Date(time), Unit: unit, ...(Object.fromEntries(values) as Datapoint) };
        });
        return { Label: input.MetricName, Datapoints: datapoints };
      },

      async GetMetricData({ MetricDataQueries = [], StartTime, EndTime, ScanBy = 'TimestampDescending' }) {
        const results = MetricDataQueries.filter(({ ReturnData = true }) => ReturnData).map((query) => {
          const { Metric, Period, Stat } = statOf(query);
          const found = periods(Metric ?? {}, StartTime!, EndTime!, Period!);
          if (ScanBy === 'TimestampDescending') found.reverse();
          return {
            Id: query.Id,
            Label: query.Label ?? Metric?.MetricName,
            Timestamps: found.map(({ time }) => new Date(time)),
            Values: found.map(({ data }) => statisticOf(data, Stat as Statistic)),
            StatusCode: 'Complete' as const,
          };
        });
        return { MetricDataResults: results };
      },
    },
  };
}

type Query = NonNullable<Input<'cloudwatch', 'GetMetricData'>['MetricDataQueries']>[number];

function statOf({ Id, MetricStat }: Query): NonNullable<Query['MetricStat']> {
  if (MetricStat) return MetricStat;
  throw notSupported(
    `the query '${Id}' without MetricStat`,
    'Expressions are not evaluated; ask for the metrics.',
  );
}

function statisticOf({ sum, min, max, count }: Minute, statistic: Statistic): number {
  const known: Record<string, number> = {
    Sum: sum,
    Minimum: min,
    Maximum: max,
    SampleCount: count,
    Average: sum / count,
  };
  const value = Object.hasOwn(known, statistic) ? known[statistic] : undefined;
  if (value !== undefined) return value;
  throw notSupported(`the statistic ${statistic}`, `It knows ${Object.keys(known).join(', ')}.`);
}

function checkDatum({
  MetricName = '',
  Value,
  Values,
  Counts,
  StatisticValues,
  Dimensions = [],
}: MetricDatum): void {
  const given = [Value, Values, StatisticValues].filter((each) => each !== undefined).length;
  if (given !== 1) {
    throw invalid(
      `The metric ${MetricName} must have exactly one of Value, Values and StatisticValues, not ${given}.`,
    );
  }
  if (Values?.length === 0) throw invalid(`The metric ${MetricName} has an empty list of Values.`);
  if (Counts && Counts.length !== Values?.length) {
    throw invalid(`The metric ${MetricName} has ${Values?.length ?? 0} Values and ${Counts.length} Counts.`);
  }
  if (Dimensions.length > MAX_DIMENSIONS) {
    throw invalid(
      `The metric ${MetricName} has ${Dimensions.length} dimensions, at most ${MAX_DIMENSIONS} are allowed.`,
    );
  }
  const numbers = [Value ?? [], Values ?? []].flat();
  const bad = numbers.find((number) => !Number.isFinite(number) || Math.abs(number) > 2 ** 360);
  if (bad !== undefined)
    throw invalid(`The value ${bad} of the metric ${MetricName} is not within -2^360 to 2^360.`);
}

function summary({ Value, Values = [], Counts, StatisticValues }: MetricDatum): Minute {
  if (StatisticValues) {
    const { Sum, Minimum, Maximum, SampleCount } = StatisticValues;
    return { sum: Sum!, min: Minimum!, max: Maximum!, count: SampleCount! };
  }
  const values = Value === undefined ? Values : [Value];
  const single = (value: number, count: number) => ({ sum: value * count, min: value, max: value, count });
  return merge(values.map((value, i) => single(value, Counts?.[i] ?? 1)));
}

function merge(minutes: readonly Minute[]): Minute {
  return minutes.reduce((a, b) => ({
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    count: a.count + b.count,
  }));
}

function keyOf(namespace: string, name: string, dimensions: readonly Dimension[]): string {
  const parts = dimensions.map(({ Name, Value }) => `${Name}=${Value}`).sort();
  return [namespace, name, ...parts].join('|');
}

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidParameterValueException', message);
}
