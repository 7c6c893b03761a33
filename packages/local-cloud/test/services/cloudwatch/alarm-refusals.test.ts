import { CloudWatch, type PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { policyAuthorizer } from '../../../src/access/authorizer';
import { cloudwatch } from '../../../src/services/cloudwatch';
import { ManualClock } from '../../../src/testing/manual-clock';
import { testCloud, type TestCloud } from '../../support/test-cloud';
import { alarmInput, ALARM_ARN } from './alarm-input';

let here: TestCloud;
let client: CloudWatch;

beforeAll(async () => {
  const clock = new ManualClock(Date.parse('2030-01-01T00:00:30Z'));
  here = await testCloud([cloudwatch], { clock, authorizer: policyAuthorizer });
  client = new CloudWatch(here.client);
});
afterAll(() => here.close());

const alarm = (change: Partial<PutMetricAlarmCommandInput>) => client.putMetricAlarm(alarmInput(change));
const described = async () => (await client.describeAlarms({ AlarmNames: ['Errors'] })).MetricAlarms?.[0];

test.each<[string, Partial<PutMetricAlarmCommandInput>, string, RegExp]>([
  ['metric math', { Metrics: [{ Id: 'm' }] }, 'NotImplemented', /Metrics of an alarm/],
  [
    'anomaly detection',
    { ComparisonOperator: 'GreaterThanUpperThreshold' },
    'NotImplemented',
    /GreaterThanUpperThreshold/,
  ],
  ['a trimmed mean', { Statistic: undefined, ExtendedStatistic: 'tm90' }, 'NotImplemented', /tm90/],
  [
    'an action of EC2',
    { AlarmActions: ['arn:aws:automate:us-east-1:ec2:stop'] },
    'NotImplemented',
    /alarm action arn:aws:automate/,
  ],
  ['an invalid action', { OKActions: ['team'] }, 'InvalidParameterValueException', /'team' in OKActions/],
  [
    'six actions',
    { AlarmActions: Array.from({ length: 6 }, () => 'arn:aws:sns:us-east-1:123456789012:team') },
    'ValidationException',
    /at 'alarmActions'.* 5$/,
  ],
  [
    'a period of 5 s',
    { Period: 5 },
    'InvalidParameterValueException',
    /10, 20, 30 or a multiple of 60, not 5/,
  ],
  [
    'more than a day',
    { EvaluationPeriods: 1441 },
    'InvalidParameterValueException',
    /more than 86400 seconds/,
  ],
  [
    'more than a week',
    { Period: 86_400, EvaluationPeriods: 8 },
    'InvalidParameterValueException',
    /more than 604800 seconds/,
  ],
  [
    'more datapoints than periods',
    { DatapointsToAlarm: 2 },
    'InvalidParameterValueException',
    /from 1 to EvaluationPeriods \(1\), not 2/,
  ],
  [
    'two statistics',
    { ExtendedStatistic: 'p50' },
    'InvalidParameterCombinationException',
    /either Statistic or ExtendedStatistic/,
  ],
  ['no threshold', { Threshold: undefined }, 'InvalidParameterValueException', /needs a Threshold/],
  [
    'another treatment',
    { TreatMissingData: 'zero' },
    'InvalidParameterValueException',
    /'zero' for parameter TreatMissingData/,
  ],
  [
    'a control character in the name',
    { AlarmName: 'a\tb' },
    'InvalidParameterValueException',
    /'a\tb' for parameter AlarmName/,
  ],
  [
    'no operator',
    { ComparisonOperator: undefined },
    'InvalidParameterValueException',
    /needs a ComparisonOperator/,
  ],
  [
    'a fraction of a period',
    { EvaluationPeriods: 1.5 },
    'InvalidParameterValueException',
    /a whole number, not 1.5/,
  ],
  [
    'no number of periods',
    { EvaluationPeriods: undefined },
    'InvalidParameterValueException',
    /needs EvaluationPeriods/,
  ],
  ['a long name', { AlarmName: 'x'.repeat(256) }, 'ValidationException', /at 'alarmName'.* 255$/],
])('refused: %s', async (_, change, name, message) => {
  await expect(alarm(change)).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
  expect(await described()).toBeUndefined();
});

test('a role needs the permission on the alarm', async () => {
  const principal = here.cloud.principals.role('arn:aws:iam::123456789012:role/Nobody', 'test');
  await expect(
    here.cloud.call('cloudwatch', 'DescribeAlarms', { AlarmNames: ['Errors'] }, { principal }),
  ).rejects.toThrow(`cloudwatch:DescribeAlarms on resource: ${ALARM_ARN}`);
});
