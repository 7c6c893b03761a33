import { Statistic, type Datapoint, type StandardUnit } from '@aws-sdk/client-cloudwatch';
import type { Cloud } from '../../core/cloud';
import { notSupported } from '../../model/errors';
import { page } from '../../core/paging';
import type { Input, Operations } from '../../core/service';
import { conflicting, invalid } from './faults';
import { checkDatum } from './metric-data';
import { metricId, metricKey, type Metrics } from './metrics';
import { checkStatistic, isPercentile, statisticOf } from './statistics';

const MAX_DATA = 1000;
const PAGE = 500;
/** Limits of GetMetricStatistics and GetMetricData. */
const MAX_DATAPOINTS = { statistics: 1_440, data: 100_800 };
const MAX_QUERIES = 500;

export function metricOperations(cloud: Cloud, metrics: Metrics): Operations<'cloudwatch'> {
  return {
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
      for (const datum of MetricData) checkDatum(datum, cloud.clock.now());
      metrics.add(Namespace, MetricData);
      return {};
    },

    async ListMetrics({
      Namespace,
      MetricName,
      Dimensions = [],
      NextToken,
      RecentlyActive,
      OwningAccount,
      IncludeLinkedAccounts,
    }) {
      if (RecentlyActive) throw notSupported('RecentlyActive', 'Leave it out.');
      if (OwningAccount || IncludeLinkedAccounts) {
        throw notSupported('metrics of other accounts', 'Leave OwningAccount and IncludeLinkedAccounts out.');
      }
      const found = metrics
        .list()
        .filter(
          ({ namespace, name, dimensions }) =>
            (Namespace === undefined || namespace === Namespace) &&
            (MetricName === undefined || name === MetricName) &&
            Dimensions.every((wanted) =>
              dimensions.some(({ Name, Value }) => Name === wanted.Name && (wanted.Value ?? Value) === Value),
            ),
        );
      const { items, nextToken } = page(found, metricKey, PAGE, NextToken, invalid);
      const shown = items.map(({ namespace, name, dimensions }) => ({
        ...{ Namespace: namespace, MetricName: name, Dimensions: dimensions },
      }));
      return { Metrics: shown, NextToken: nextToken };
    },

    async GetMetricStatistics(input) {
      const { StartTime, EndTime, Period = 0, Unit } = input;
      const statistics = statisticsOf(input);
      checkPeriod(Period);
      checkTimes(StartTime!, EndTime!);
      const most = (EndTime!.getTime() - StartTime!.getTime()) / (Period * 1000);
      if (most > MAX_DATAPOINTS.statistics) {
        throw conflicting(
          `You have requested up to ${Math.ceil(most)} datapoints, which exceeds the limit of ${MAX_DATAPOINTS.statistics}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
        );
      }
      const metric = metricId(input.Namespace, input.MetricName, input.Dimensions);
      const range = { start: StartTime!.getTime(), end: EndTime!.getTime(), periodMs: Period * 1000 };
      const datapoints = (unit: StandardUnit) =>
        metrics.periods({ metric, unit, ...range }).map(({ time, sample }): Datapoint => {
          const values = statistics.map((name) => [name, statisticOf(sample, name)] as const);
          const of = (extended: boolean) =>
            Object.fromEntries(
              values.filter(([name, value]) => isPercentile(name) === extended && value !== undefined),
            ) as Record<string, number>;
          const percentiles = of(true);
          return {
            Timestamp: new Date(time),
            Unit: unit,
            ...of(false),
            ...(Object.keys(percentiles).length > 0 && { ExtendedStatistics: percentiles }),
          };
        });
      const units = Unit === undefined ? metrics.units(metric) : [Unit];
      return { Label: input.MetricName, Datapoints: units.flatMap(datapoints) };
    },

    async GetMetricData(input) {
      const { MetricDataQueries = [], StartTime, EndTime, ScanBy = 'TimestampDescending' } = input;
      if (input.NextToken !== undefined) throw invalid('The parameter NextToken was never given out here.');
      if (MetricDataQueries.length > MAX_QUERIES) {
        throw invalid(`The collection MetricDataQueries must not have a size greater than ${MAX_QUERIES}.`);
      }
      checkTimes(StartTime!, EndTime!);
      for (const query of MetricDataQueries) checkQuery(query);
      const results = MetricDataQueries.filter(({ ReturnData = true }) => ReturnData).map((query) => {
        const { Metric, Period, Stat, Unit } = statOf(query);
        const found = metrics
          .periods({
            metric: metricId(Metric?.Namespace, Metric?.MetricName, Metric?.Dimensions),
            unit: Unit,
            start: StartTime!.getTime(),
            end: EndTime!.getTime(),
            periodMs: Period! * 1000,
          })
          .map(({ time, sample }) => ({ time: new Date(time), value: statisticOf(sample, Stat!) }))
          .filter((point): point is { time: Date; value: number } => point.value !== undefined);
        if (ScanBy === 'TimestampDescending') found.reverse();
        return {
          Id: query.Id,
          Label: query.Label ?? Metric?.MetricName,
          Timestamps: found.map(({ time }) => time),
          Values: found.map(({ value }) => value),
          StatusCode: 'Complete' as const,
        };
      });
      const total = results.reduce((sum, { Values }) => sum + Values.length, 0);
      const most = input.MaxDatapoints ?? MAX_DATAPOINTS.data;
      if (total > most) {
        throw notSupported(
          `an answer of ${total} datapoints in pages of ${most}`,
          'Ask for less time or longer periods.',
        );
      }
      return { MetricDataResults: results };
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

function checkQuery(query: Query): void {
  if (!/^[a-z]\w{0,254}$/.test(query.Id ?? '')) {
    throw invalid(
      `The value '${query.Id}' for parameter Id is invalid: a small letter, then letters, digits and underscores.`,
    );
  }
  const { Period = 0, Stat = '' } = statOf(query);
  checkPeriod(Period);
  checkStatistic('Stat', Stat);
}

/** Checks that a period is a high-resolution period or whole minutes. */
export function checkPeriod(seconds: number, high: readonly number[] = [1, 5, 10, 20, 30]): void {
  if (high.includes(seconds) || (seconds > 0 && seconds % 60 === 0)) return;
  throw invalid(`The parameter Period must be ${high.join(', ')} or a multiple of 60, not ${seconds}.`);
}

function checkTimes(start: Date, end: Date): void {
  if (start < end) return;
  throw invalid(
    `The parameter StartTime (${start.toISOString()}) must be less than the parameter EndTime (${end.toISOString()}).`,
  );
}

function statisticsOf({
  Statistics = [],
  ExtendedStatistics = [],
}: Input<'cloudwatch', 'GetMetricStatistics'>): string[] {
  if (Statistics.length > 0 && ExtendedStatistics.length > 0) {
    throw conflicting('Statistics and ExtendedStatistics exclude each other; ask for one of them.');
  }
  if (Statistics.length + ExtendedStatistics.length === 0) {
    throw invalid('The parameter Statistics needs at least one statistic.');
  }
  for (const statistic of ExtendedStatistics) {
    if (!isPercentile(statistic) && Object.hasOwn(Statistic, statistic)) {
      throw invalid(`Ask for ${statistic} in Statistics.`);
    }
    checkStatistic('ExtendedStatistics', statistic);
  }
  return [...Statistics, ...ExtendedStatistics];
}
