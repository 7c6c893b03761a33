import { CloudWatch, type MetricDatum } from '@aws-sdk/client-cloudwatch';
import { cloudwatch } from '../../../local/services/cloudwatch';
import { playground, type Playground } from './playground';

const START = new Date('2030-01-01T00:00:00Z');
const at = (minutes: number) => new Date(START.getTime() + minutes * 60_000);
const Dimensions = [{ Name: 'Run', Value: '7' }];

let here: Playground;
let client: CloudWatch;

beforeEach(async () => {
  here = await playground([cloudwatch]);
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
    { Value: 1, Timestamp: at(0) },
    { Value: 3, Timestamp: at(1) },
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

test('queries answer the newest first, unless asked otherwise', async () => {
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

test.each<[string, Partial<MetricDatum>, RegExp]>([
  ['no value', {}, /exactly one of Value, Values and StatisticValues, not 0/],
  ['two kinds of values', { Value: 1, Values: [1] }, /not 2/],
  ['no Values in the list', { Values: [] }, /empty list/],
  ['fewer Counts than Values', { Values: [1, 2], Counts: [1] }, /2 Values and 1 Counts/],
  ['an infinite value', { Value: 1e308 * 10 }, /Infinity|must be a number/],
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
