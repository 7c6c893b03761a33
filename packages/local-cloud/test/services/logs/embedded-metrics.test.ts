import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { policyAuthorizer } from '../../../src/access/authorizer';
import { cloudwatch } from '../../../src/services/cloudwatch';
import { logs } from '../../../src/services/logs';
import { embeddedMetrics } from '../../../src/services/logs/embedded-metrics';
import { testCloud, type TestCloud } from '../../support/test-cloud';

const NOW = Date.UTC(2030, 0, 1);

const document = (directive: object = {}, members: object = {}) =>
  JSON.stringify({
    _aws: {
      Timestamp: NOW,
      CloudWatchMetrics: [
        {
          Namespace: 'App',
          Dimensions: [['Stage']],
          Metrics: [{ Name: 'Runs', Unit: 'Count' }],
          ...directive,
        },
      ],
    },
    Stage: 'test',
    Runs: 3,
    ...members,
  });

const datum = {
  MetricName: 'Runs',
  Dimensions: [{ Name: 'Stage', Value: 'test' }],
  Timestamp: new Date(NOW),
  Values: [3],
  Unit: 'Count',
};

test.each<[string, string, object[]]>([
  ['a document', document(), [datum]],
  ['one after metadata', `2030-01-01T00:00:00Z\tid\tINFO\t${document()}`, [datum]],
  ['several values', document({}, { Runs: [1, 2] }), [{ ...datum, Values: [1, 2] }]],
  ['no dimension', document({ Dimensions: [[]] }), [{ ...datum, Dimensions: [] }]],
  ['two sets', document({ Dimensions: [[], ['Stage']] }), [{ ...datum, Dimensions: [] }, datum]],
])('%s is a metric', (_, message, data) => {
  expect(embeddedMetrics({ message })).toEqual([{ namespace: 'App', data }]);
});

test.each([
  ['plain text', 'Runs: 3'],
  ['JSON without metadata', '{"Runs": 3}'],
  ['a document within another one, as text', JSON.stringify({ message: document() })],
  ['a torn document', document().slice(0, -2)],
  ['a value that is text', document({}, { Runs: '3' })],
  ['no value', document({}, { Runs: undefined })],
  ['more values than allowed', document({}, { Runs: Array.from({ length: 101 }, () => 1) })],
  ['a dimension without a value', document({}, { Stage: undefined })],
  ['a dimension that is not text', document({}, { Stage: 7 })],
  ['no namespace', document({ Namespace: undefined })],
  ['dimensions that are not a list of lists', document({ Dimensions: ['Stage'] })],
])('%s is not a metric', (_, message) => {
  expect(embeddedMetrics({ message })).toEqual([]);
});

describe('in the cloud', () => {
  let here: TestCloud;
  beforeEach(async () => {
    const clock = { now: () => NOW, sleep: () => Promise.resolve() };
    here = await testCloud([logs, cloudwatch], { clock, authorizer: policyAuthorizer });
  });
  afterEach(() => here.close());

  test('CloudWatch has the metrics of a log event, and invalid metrics are only log events', async () => {
    const client = new CloudWatchLogs(here.client);
    const where = { logGroupName: '/app', logStreamName: 's' };
    await client.createLogGroup(where);
    await client.createLogStream(where);
    const messages = [
      document(),
      document({ Namespace: 'AWS/Lambda' }),
      document({ Metrics: [{ Name: 'Runs', Unit: 'Bananas' }] }),
    ];
    const logEvents = messages.map((message) => ({ message, timestamp: NOW }));
    await client.putLogEvents({ ...where, logEvents });
    expect((await client.getLogEvents(where)).events).toHaveLength(3);
    const { Metrics } = await new CloudWatch(here.client).listMetrics({});
    const Dimensions = [{ Name: 'Stage', Value: 'test' }];
    expect(Metrics?.filter(({ Namespace }) => Namespace !== 'AWS/Lambda')).toEqual([
      { Namespace: 'App', MetricName: 'Runs', Dimensions },
    ]);
  });
});
