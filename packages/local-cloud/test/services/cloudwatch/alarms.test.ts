import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudWatch, type MetricDatum, type PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { policyAuthorizer } from '../../../src/access/authorizer';
import type { Delivery, EventEnvelope } from '../../../src/core/events';
import { cloudwatch } from '../../../src/services/cloudwatch';
import { sns } from '../../../src/services/sns';
import { ManualClock } from '../../../src/testing/manual-clock';
import { testCloud, type TestCloud } from '../../support/test-cloud';
import { ALARM_ARN, alarmInput, DIMENSIONS } from './alarm-input';
import { until } from '../../support/until';

const START = Date.parse('2030-01-01T00:00:30Z');
const Dimensions = DIMENSIONS;
const ARN = ALARM_ARN;

let clock: ManualClock;
let here: TestCloud;
let client: CloudWatch;
let events: EventEnvelope[];

const connect = () => {
  client = new CloudWatch(here.client);
  events = [];
  here.cloud.events.subscribe((event) => events.push(event));
};
beforeEach(async () => {
  clock = new ManualClock(START);
  here = await testCloud([cloudwatch, sns], { clock, authorizer: policyAuthorizer });
  connect();
});
afterEach(() => here.close());

const alarm = (change: Partial<PutMetricAlarmCommandInput> = {}) => client.putMetricAlarm(alarmInput(change));
const put = (...MetricData: Partial<MetricDatum>[]) =>
  client.putMetricData({
    Namespace: 'App',
    MetricData: MetricData.map((datum) => ({ MetricName: 'Errors', Dimensions, ...datum })),
  });
const described = async (AlarmName = 'Errors') =>
  (await client.describeAlarms({ AlarmNames: [AlarmName] })).MetricAlarms?.[0];
const state = async () => (await described())?.StateValue;

test('an alarm begins without data, and is evaluated when a period is over', async () => {
  await alarm({ AlarmDescription: 'too many' });
  expect(await described()).toMatchObject({
    ...{ AlarmArn: ARN, AlarmDescription: 'too many', ActionsEnabled: true, EvaluationPeriods: 1 },
    ...{ StateValue: 'INSUFFICIENT_DATA', StateReason: 'Unchecked: Initial alarm creation' },
    StateUpdatedTimestamp: new Date(START),
  });
  await put({ Value: 5 });
  await clock.pass(29);
  expect(await state()).toBe('INSUFFICIENT_DATA');
  await clock.pass(1);
  expect(await described()).toMatchObject({
    StateValue: 'ALARM',
    StateReason: expect.stringContaining('[5.0 (01/01/30 00:00:00)] was greater than the threshold (1.0)'),
    StateTransitionedTimestamp: new Date('2030-01-01T00:01:00Z'),
  });
  await put({ Value: 0 });
  await clock.pass(60);
  expect(await state()).toBe('OK');
  await clock.pass(180);
  expect(await state()).toBe('INSUFFICIENT_DATA');
});

test('a change of state is an event in EventBridge’s format', async () => {
  await alarm({ ExtendedStatistic: 'p90', Statistic: undefined, AlarmDescription: 'slow' });
  await put({ Value: 5 });
  await clock.pass(60);
  expect(events).toHaveLength(1);
  expect(events[0]).toMatchObject({
    source: 'aws.cloudwatch',
    'detail-type': 'CloudWatch Alarm State Change',
    resources: [ARN],
    detail: {
      alarmName: 'Errors',
      configuration: {
        description: 'slow',
        metrics: [
          {
            id: expect.stringMatching(/^[0-9a-f-]{36}$/),
            metricStat: {
              metric: { namespace: 'App', name: 'Errors', dimensions: { Endpoint: 'e' } },
              period: 60,
              stat: 'p90',
            },
            returnData: true,
          },
        ],
      },
      previousState: { value: 'INSUFFICIENT_DATA', timestamp: '2030-01-01T00:00:30.000+0000' },
      state: { value: 'ALARM', timestamp: '2030-01-01T00:01:00.000+0000', reason: expect.any(String) },
    },
  });
  expect(JSON.parse((events[0]!.detail.state as { reasonData: string }).reasonData)).toMatchObject({
    ...{ version: '1.0', statistic: 'p90', period: 60, threshold: 1, recentDatapoints: [5] },
    evaluatedDatapoints: [{ timestamp: '2030-01-01T00:00:00.000+0000', sampleCount: 1, value: 5 }],
  });
});

test('with a short period it is evaluated every ten seconds', async () => {
  await alarm({ Period: 10 });
  await put({ Value: 5, StorageResolution: 1 });
  await clock.pass(10);
  expect(await state()).toBe('ALARM');
});

test('late data count at once, all that were published together', async () => {
  await alarm({ Statistic: 'Average' });
  await clock.pass(45);
  const Timestamp = new Date(START);
  await put(
    { Value: 0, Timestamp },
    { Value: 9, Timestamp },
    { Value: 0, Timestamp },
    { Value: 0, Timestamp },
  );
  expect(events.map(({ detail }) => (detail.state as { value: string }).value)).toEqual(['ALARM']);
});

test('a period of several minutes moves by the minute', async () => {
  await alarm({ Period: 180, Threshold: 2 });
  await clock.pass(30);
  for (const Value of [1, 1, 1]) {
    await put({ Value });
    expect(await state()).not.toBe('ALARM');
    await clock.pass(60);
  }
  expect(await state()).toBe('ALARM');
  await clock.pass(60);
  expect(await state()).toBe('OK');
});

test('only data of the alarm’s unit count', async () => {
  await alarm({ Unit: 'Seconds' });
  await put({ Value: 5, Unit: 'Bytes' });
  await clock.pass(60);
  expect(await state()).toBe('INSUFFICIENT_DATA');
});

describe('topics', () => {
  const topic = async (condition?: object) => {
    const caller = { principal: here.cloud.principals.operator };
    const { TopicArn } = await here.cloud.call('sns', 'CreateTopic', { Name: 'team' }, caller);
    const statement = {
      ...{ Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' }, Action: 'sns:Publish' },
      ...{ Resource: TopicArn, Condition: condition },
    };
    const policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    const attribute = { TopicArn, AttributeName: 'Policy', AttributeValue: policy };
    await here.cloud.call('sns', 'SetTopicAttributes', attribute, caller);
    const subscription = { TopicArn, Protocol: 'email-json', Endpoint: 'team@example.com' };
    await here.cloud.call('sns', 'Subscribe', subscription, caller);
    return TopicArn!;
  };
  /** Waits for the result of the action: publishing takes longer than a step of the clock. */
  const ended = () =>
    until(async () => {
      const { AlarmHistoryItems = [] } = await client.describeAlarmHistory({ HistoryItemType: 'Action' });
      return AlarmHistoryItems.length > 0 && AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary);
    }, 'the history has an action');
  const mails = () => {
    const folder = join(here.stateDirectory, 'mail');
    return readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
  };

  test('are notified by CloudWatch for the alarm', async () => {
    const arn = await topic({ ArnEquals: { 'aws:SourceArn': ARN } });
    await alarm({ AlarmActions: [arn] });
    await put({ Value: 5 });
    await clock.pass(60);
    expect(await ended()).toEqual([`Successfully executed action ${arn}`]);
    const [mail] = mails();
    expect(mail).toContain('Subject: ALARM: "Errors" in US East (N. Virginia)');
    expect(mail).toContain('NewStateValue');
  });

  test('are not notified if their policy is for another alarm', async () => {
    const arn = await topic({ ArnEquals: { 'aws:SourceArn': `${ARN}Other` } });
    await alarm({ AlarmActions: [arn] });
    await put({ Value: 5 });
    await clock.pass(60);
    expect(await ended()).toEqual([`Failed to execute action ${arn}`]);
  });

  test('are not notified while actions are disabled', async () => {
    await alarm({ AlarmActions: [await topic()] });
    await client.disableAlarmActions({ AlarmNames: ['Errors'] });
    await put({ Value: 5 });
    await clock.pass(60);
    expect(await state()).toBe('ALARM');
    await client.enableAlarmActions({ AlarmNames: ['Errors'] });
    await client.setAlarmState({ AlarmName: 'Errors', StateValue: 'OK', StateReason: 'looked at' });
    await clock.pass(60);
    expect(await ended()).toHaveLength(1);
  });
});

test('a scaling policy is notified again each minute while the state lasts', async () => {
  const policy =
    'arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:id:resource/sagemaker/x:policyName/p';
  const delivered: Delivery[] = [];
  here.cloud.events.registerTarget(
    (arn) => arn === policy,
    async (delivery) => void delivered.push(delivery),
  );
  await alarm({ AlarmActions: [policy] });
  for (const Value of [5, 7, 0]) {
    await put({ Value });
    await clock.pass(60);
  }
  expect(delivered.map(({ input }) => (input as { value: number }).value)).toEqual([5, 7]);
  expect(delivered[0]).toMatchObject({ sourceArn: ARN, from: { arn: 'cloudwatch.amazonaws.com' } });
});

test('a state that was set lasts until the next evaluation', async () => {
  await alarm({ TreatMissingData: 'notBreaching' });
  expect(await state()).toBe('OK');
  await client.setAlarmState({ AlarmName: 'Errors', StateValue: 'ALARM', StateReason: 'a test' });
  expect(await described()).toMatchObject({ StateValue: 'ALARM', StateReason: 'a test' });
  await clock.pass(60);
  expect(await state()).toBe('OK');
  const { AlarmHistoryItems } = await client.describeAlarmHistory({
    ...{ AlarmName: 'Errors', HistoryItemType: 'StateUpdate', ScanBy: 'TimestampAscending' },
  });
  expect(AlarmHistoryItems?.map(({ HistorySummary }) => HistorySummary)).toEqual([
    'Alarm updated from INSUFFICIENT_DATA to OK',
    'Alarm updated from OK to ALARM',
    'Alarm updated from ALARM to OK',
  ]);
});

test('alarms are updated, found, tagged and deleted', async () => {
  await alarm({ Tags: [{ Key: 'team', Value: 'ml' }] });
  await put({ Value: 5 });
  await clock.pass(60);
  await alarm({ Threshold: 4 });
  expect(await described()).toMatchObject({ Threshold: 4, StateValue: 'ALARM' });
  await alarm({ AlarmName: 'Other', MetricName: 'Other' });
  const names = async (input: object) =>
    (await client.describeAlarms(input)).MetricAlarms?.map(({ AlarmName }) => AlarmName);
  expect(await names({})).toEqual(['Errors', 'Other']);
  expect(await names({ AlarmNamePrefix: 'Ot' })).toEqual(['Other']);
  expect(await names({ StateValue: 'ALARM' })).toEqual(['Errors']);
  const metric = { Namespace: 'App', MetricName: 'Other', Dimensions };
  expect((await client.describeAlarmsForMetric(metric)).MetricAlarms).toHaveLength(1);
  await client.tagResource({ ResourceARN: ARN, Tags: [{ Key: 'stage', Value: 'dev' }] });
  await client.untagResource({ ResourceARN: ARN, TagKeys: ['team'] });
  expect((await client.listTagsForResource({ ResourceARN: ARN })).Tags).toEqual([
    { Key: 'stage', Value: 'dev' },
  ]);
  await client.deleteAlarms({ AlarmNames: ['Errors'] });
  expect(await names({})).toEqual(['Other']);
  await expect(client.deleteAlarms({ AlarmNames: ['Other', 'Errors'] })).rejects.toMatchObject({
    name: 'ResourceNotFound',
  });
  expect(await names({})).toEqual(['Other']);
});

test('alarms continue after a restart', async () => {
  await alarm();
  await put({ Value: 5 });
  await here.restart();
  connect();
  await clock.pass(60);
  expect(await described()).toMatchObject({
    StateValue: 'ALARM',
    AlarmConfigurationUpdatedTimestamp: new Date(START),
  });
});
