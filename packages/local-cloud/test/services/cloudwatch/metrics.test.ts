import {
  CloudWatch,
  type GetMetricStatisticsCommandInput,
  type MetricDatum,
  type StandardUnit,
} from '@aws-sdk/client-cloudwatch';
import { cloudwatch } from '../../../src/services/cloudwatch';
import { ManualClock } from '../../../src/testing/manual-clock';
import { testCloud, type TestCloud } from '../../support/test-cloud';

const START = new Date('2030-01-01T00:00:00Z');
const at = (minutes: number) => new Date(START.getTime() + minutes * 60_000);
const Dimensions = [{ Name: 'Run', Value: '7' }];

let clock: ManualClock;
let here: TestCloud;
let client: CloudWatch;

beforeEach(async () => {
  clock = new ManualClock(at(10).getTime());
  here = await testCloud([cloudwatch], { clock });
  client = new CloudWatch(here.client);
});
afterEach(() => here.close());

const put = (...MetricData: Partial<MetricDatum>[]) =>
  client.putMetricData({
    Namespace: 'App',
    MetricData: MetricData.map((datum) => ({ MetricName: 'Loss', Dimensions, ...datum })),
  });

test('statistics are those of each period', async () => {
  await put(
    { Value: 1, Timestamp: at(0), Unit: 'Seconds' },
    { Value: 3, Timestamp: at(1), Unit: 'Seconds' },
    { Values: [5, 7], Counts: [1, 2], Timestamp: at(6), Unit: 'Seconds' },
  );
  const { Datapoints, Label } = await client.getMetricStatistics({
    ...{ Namespace: 'App', MetricName: 'Loss', Dimensions, StartTime: at(0), EndTime: at(10), Period: 300 },
    Statistics: ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount'],
  });
  expect(Label).toBe('Loss');
  expect(Datapoints).toEqual([
    { Timestamp: at(0), Unit: 'Seconds', Sum: 4, Average: 2, Minimum: 1, Maximum: 3, SampleCount: 2 },
    { Timestamp: at(5), Unit: 'Seconds', Sum: 19, Average: 19 / 3, Minimum: 5, Maximum: 7, SampleCount: 3 },
  ]);
});

test('queries return the newest first by default', async () => {
  await put(
    { Value: 1, Timestamp: at(0) },
    { StatisticValues: { Sum: 8, Minimum: 2, Maximum: 6, SampleCount: 2 }, Timestamp: at(1) },
  );
  const MetricStat = {
    Metric: { Namespace: 'App', MetricName: 'Loss', Dimensions },
    Period: 60,
    Stat: 'Average',
  };
  const question = { MetricDataQueries: [{ Id: 'm', MetricStat }], StartTime: at(0), EndTime: at(5) };
  const [newest] = (await client.getMetricData(question)).MetricDataResults ?? [];
  expect(newest).toMatchObject({
    Id: 'm',
    Values: [4, 1],
    Timestamps: [at(1), at(0)],
    StatusCode: 'Complete',
  });
  const [oldest] =
    (await client.getMetricData({ ...question, ScanBy: 'TimestampAscending' })).MetricDataResults ?? [];
  expect(oldest?.Values).toEqual([1, 4]);
  const expression = client.getMetricData({
    ...question,
    MetricDataQueries: [{ Id: 'e', Expression: 'm*2' }],
  });
  await expect(expression).rejects.toMatchObject({ name: 'NotImplemented' });
});

test('metrics are listed by name and dimension, also after a restart', async () => {
  await put({ Value: 1 }, { MetricName: 'Accuracy', Value: 1, Dimensions: [] });
  await here.restart();
  client = new CloudWatch(here.client);
  expect((await client.listMetrics({ Dimensions: [{ Name: 'Run' }] })).Metrics).toEqual([
    { Namespace: 'App', MetricName: 'Loss', Dimensions },
  ]);
  expect((await client.listMetrics({ Namespace: 'App', MetricName: 'Accuracy' })).Metrics).toHaveLength(1);
});

const statistics = (more: Partial<GetMetricStatisticsCommandInput>) =>
  client.getMetricStatistics({
    ...{ Namespace: 'App', MetricName: 'Loss', Dimensions, StartTime: at(0), EndTime: at(10), Period: 60 },
    ...more,
  });

describe('percentiles', () => {
  const percentiles = async (...ExtendedStatistics: string[]) =>
    (await statistics({ ExtendedStatistics, Period: 600 })).Datapoints!.map(
      (each) => each.ExtendedStatistics,
    );

  test('are the smallest value that this share of values does not exceed', async () => {
    await put({ Values: [10, 20, 30, 1000], Counts: [50, 40, 9, 1], Timestamp: at(1) });
    expect(await percentiles('p0', 'p50', 'p90', 'p99', 'p99.9', 'p100')).toEqual([
      { p0: 10, p50: 10, p90: 20, p99: 30, 'p99.9': 1000, p100: 1000 },
    ]);
  });

  test('are accurate to half a per cent with many values', async () => {
    const values = (from: number) => Array.from({ length: 100 }, (_, i) => from + i);
    for (let from = 1; from < 2000; from += 100) await put({ Values: values(from), Timestamp: at(1) });
    const [found] = await percentiles('p50', 'p99');
    expect(found!.p50! / 1000).toBeCloseTo(1, 2);
    expect(found!.p99! / 1980).toBeCloseTo(1, 2);
    expect((await statistics({ Statistics: ['Sum', 'Maximum'] })).Datapoints).toMatchObject([
      { Sum: 2_001_000, Maximum: 2000 },
    ]);
  });

  test.each<[string, Partial<MetricDatum>, object[]]>([
    [
      'sets of one value',
      { StatisticValues: { Sum: 4, Minimum: 2, Maximum: 2, SampleCount: 2 } },
      [{ p50: 2 }],
    ],
    ['sets of several', { StatisticValues: { Sum: 5, Minimum: 2, Maximum: 3, SampleCount: 2 } }, []],
    ['negative values', { Values: [-1, 1] }, []],
  ])('of %s', async (_, datum, expected) => {
    await put({ ...datum, Timestamp: at(1) });
    expect((await percentiles('p50')).filter(Boolean)).toEqual(expected);
  });
});

test('seconds are stored separately only with high resolution', async () => {
  const fine = { MetricName: 'Fine', StorageResolution: 1 };
  const second = (seconds: number) => new Date(at(1).getTime() + seconds * 1000);
  await put({ Value: 1, Timestamp: second(5) }, { Value: 2, Timestamp: second(25) });
  await put({ ...fine, Value: 1, Timestamp: second(5) }, { ...fine, Value: 2, Timestamp: second(25) });
  const sums = async (MetricName: string, Period: number) =>
    (await statistics({ MetricName, Period, Statistics: ['Sum'] })).Datapoints?.map(({ Timestamp, Sum }) => [
      (Timestamp!.getTime() - at(1).getTime()) / 1000,
      Sum,
    ]);
  expect(await sums('Loss', 10)).toEqual([[0, 3]]);
  expect(await sums('Fine', 10)).toEqual([
    [0, 1],
    [20, 2],
  ]);
  expect(await sums('Fine', 60)).toEqual([[0, 3]]);
});

test('data of different units are stored separately', async () => {
  await put({ Value: 1, Unit: 'Seconds', Timestamp: at(1) }, { Value: 5, Unit: 'Bytes', Timestamp: at(1) });
  const ask = async (Unit?: StandardUnit) =>
    (await statistics({ Unit, Statistics: ['Sum'] })).Datapoints?.map((each) => [each.Unit, each.Sum]);
  expect(await ask()).toEqual([
    ['Seconds', 1],
    ['Bytes', 5],
  ]);
  expect(await ask('Bytes')).toEqual([['Bytes', 5]]);
  expect(await ask('Percent')).toEqual([]);
});

test('old data are aggregated, and deleted', async () => {
  const fine = { StorageResolution: 1, Value: 1 };
  await put({ ...fine, Timestamp: new Date(at(1).getTime() + 5000) });
  const counts = async (days: number) => {
    await put({ MetricName: 'Other', Value: 1 });
    const EndTime = new Date(at(0).getTime() + days * 86_400_000);
    const { Datapoints } = await statistics({ EndTime, Period: 86_400, Statistics: ['Sum'] });
    return Datapoints!.length;
  };
  await clock.pass(4 * 3600);
  expect(await counts(1)).toBe(1);
  expect((await statistics({ Period: 5, Statistics: ['Sum'] })).Datapoints).toMatchObject([
    { Timestamp: at(1) },
  ]);
  await clock.pass(454 * 86_400);
  expect(await counts(400)).toBe(1);
  await clock.pass(2 * 86_400);
  expect(await counts(400)).toBe(0);
});

const many = (length: number) => Array.from({ length }, (_, i) => i);

test.each<[string, Partial<MetricDatum>, RegExp]>([
  ['no value', {}, /exactly one of Value, Values and StatisticValues, not 0/],
  ['two kinds of values', { Value: 1, Values: [1] }, /not 2/],
  ['no Values in the list', { Values: [] }, /empty list/],
  ['fewer Counts than Values', { Values: [1, 2], Counts: [1] }, /2 Values and 1 Counts/],
  ['an infinite value', { Value: 1e308 * 10 }, /Infinity|must be a number/],
  ['a value beyond 2^360', { Value: 2 ** 361 }, /not within -2\^360 to 2\^360/],
  ['151 Values', { Values: many(151) }, /151 Values, at most 150/],
  ['a count of 0', { Values: [1], Counts: [0] }, /count 0; counts are above 0/],
  ['an hourly resolution', { Value: 1, StorageResolution: 3600 }, /StorageResolution 3600; it is 1 or 60/],
  [
    'an unknown unit',
    { Value: 1, Unit: 'Miles' as StandardUnit },
    /'Miles' at 'metricData.1.member.unit'.*Seconds/,
  ],
  ['a time three hours ahead', { Value: 1, Timestamp: at(190) }, /not more than two hours in the future/],
  ['a time three weeks ago', { Value: 1, Timestamp: at(-30_240) }, /within the past two weeks/],
  ['a blank dimension', { Value: 1, Dimensions: [{ Name: 'Run', Value: ' ' }] }, /dimension 'Run' = ' '/],
])('%s is refused', async (_, datum, message) => {
  await expect(put(datum)).rejects.toThrow(message);
});

test("AWS's own namespaces are for its services", async () => {
  const input = { Namespace: 'AWS/Lambda', MetricData: [{ MetricName: 'Errors', Value: 1 }] };
  await expect(client.putMetricData(input)).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  await here.cloud.call('cloudwatch', 'PutMetricData', input, {
    principal: here.cloud.principals.service('lambda.amazonaws.com'),
  });
  expect((await client.listMetrics({ Namespace: 'AWS/Lambda' })).Metrics).toHaveLength(1);
});

test.each<[string, Partial<GetMetricStatisticsCommandInput>, string, RegExp]>([
  ['no statistic', {}, 'InvalidParameterValueException', /at least one statistic/],
  [
    'both kinds',
    { Statistics: ['Sum'], ExtendedStatistics: ['p50'] },
    'InvalidParameterCombinationException',
    /exclude each other/,
  ],
  ['p101', { ExtendedStatistics: ['p101'] }, 'InvalidParameterValueException', /'p101'.*is not a statistic/],
  ['a trimmed mean', { ExtendedStatistics: ['tm99'] }, 'NotImplemented', /statistic tm99/],
  [
    '45 seconds',
    { Statistics: ['Sum'], Period: 45 },
    'InvalidParameterValueException',
    /multiple of 60, not 45/,
  ],
  [
    'an end before the start',
    { Statistics: ['Sum'], EndTime: at(-1) },
    'InvalidParameterValueException',
    /must be less than/,
  ],
  [
    'two days by the minute',
    { Statistics: ['Sum'], EndTime: at(2880) },
    'InvalidParameterCombinationException',
    /requested up to 2880 datapoints, which exceeds the limit of 1440/,
  ],
])('statistics are refused: %s', async (_, more, name, message) => {
  await expect(statistics(more)).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
});
