import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { evaluateAlarm } from '../../../src/services/cloudwatch/alarm-evaluation';
import { stateReason } from '../../../src/services/cloudwatch/alarm-reasons';

const alarm = (change: Partial<MetricAlarm> = {}): MetricAlarm => ({
  ...{ Threshold: 1, ComparisonOperator: 'GreaterThanThreshold', Period: 60, EvaluationPeriods: 3 },
  ...change,
});

/** Oldest first, as in the documentation: X breaches, 0 does not, - is missing. */
const range = (picture: string) =>
  picture
    .split(' ')
    .map((sign, i) => ({
      time: Date.parse('2030-01-31T17:00:00Z') + i * 60_000,
      value: { X: 2, 0: 0.5 }[sign],
      samples: 1,
    }))
    .reverse();

const STAY = undefined;

/** The tables in the User Guide, "Configuring how CloudWatch alarms treat missing data". */
describe.each<[number, [string, ...(string | undefined)[]][]]>([
  [
    3,
    [
      ['0 - X - X', 'OK', 'OK', 'OK', 'OK'],
      ['- - - - 0', 'OK', 'OK', 'OK', 'OK'],
      ['- - - - -', 'INSUFFICIENT_DATA', STAY, 'ALARM', 'OK'],
      ['0 X X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
      ['- - X - -', 'ALARM', STAY, 'ALARM', 'OK'],
      // Too early: the next datapoint could be good.
      ['- - - X -', 'OK', STAY, 'ALARM', 'OK'],
      ['- - - - X', 'OK', STAY, 'ALARM', 'OK'],
    ],
  ],
  [
    2,
    [
      ['0 - X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
      ['0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
      ['0 - X - -', 'OK', 'OK', 'ALARM', 'OK'],
      ['- - - - 0', 'OK', 'OK', 'ALARM', 'OK'],
      ['- - - X -', 'ALARM', STAY, 'ALARM', 'OK'],
    ],
  ],
])('%d of 3 datapoints', (DatapointsToAlarm, rows) => {
  test.each(rows)('%s', (picture, ...expected) => {
    const states = ['missing', 'ignore', 'breaching', 'notBreaching'].map(
      (TreatMissingData) =>
        evaluateAlarm(alarm({ DatapointsToAlarm, TreatMissingData }), range(picture)).state,
    );
    expect(states).toEqual(expected);
  });
});

test.each([
  ['GreaterThanThreshold', [false, false, true]],
  ['GreaterThanOrEqualToThreshold', [false, true, true]],
  ['LessThanThreshold', [true, false, false]],
  ['LessThanOrEqualToThreshold', [true, true, false]],
] as const)('%s', (ComparisonOperator, expected) => {
  const one = alarm({ ComparisonOperator, EvaluationPeriods: 1 });
  const states = [0.5, 1, 2].map((value) => evaluateAlarm(one, [{ time: 0, value, samples: 1 }]).state);
  expect(states).toEqual(expected.map((breaching) => (breaching ? 'ALARM' : 'OK')));
});

test.each<[string, Partial<MetricAlarm>, string, string]>([
  [
    'an alarm',
    { DatapointsToAlarm: 2 },
    '- - X 0 X',
    'Threshold Crossed: 3 out of the last 3 datapoints [2.0 (31/01/30 17:04:00), 0.5 (31/01/30 17:03:00), 2.0 (31/01/30 17:02:00)] were greater than the threshold (1.0) (minimum 2 datapoints for OK -> ALARM transition).',
  ],
  [
    'its end',
    { EvaluationPeriods: 1 },
    '- - - - 0',
    'Threshold Crossed: 1 out of the last 1 datapoints [0.5 (31/01/30 17:04:00)] was not greater than the threshold (1.0) (minimum 1 datapoint for ALARM -> OK transition).',
  ],
  ['no data', {}, '- - - - -', 'Insufficient Data: 3 datapoints were unknown.'],
  [
    'no data that count as good',
    { EvaluationPeriods: 1, TreatMissingData: 'notBreaching' },
    '- - - - -',
    'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].',
  ],
])('the reason for %s', (_, change, picture, expected) => {
  const evaluation = evaluateAlarm(alarm(change), range(picture));
  expect(stateReason(alarm(change), evaluation.state!, evaluation)).toBe(expected);
});
