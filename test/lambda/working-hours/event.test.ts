import { readEvent, type Asked, type IncomingEvent } from '../../../lambda/working-hours/event';
import { DAY, NIGHT } from '../../support/working-hours';

const time = new Date(NIGHT).toISOString();
const schedule = { source: 'pipeline.working-hours', action: 'stop', time } as const;

test.each<[string, IncomingEvent, number, Asked]>([
  [
    'a schedule that fired',
    schedule,
    NIGHT + 60_000,
    { kind: 'hours', action: 'stop', time: NIGHT + 60_000 },
  ],
  ['an event that is ahead of the clock', schedule, DAY, { kind: 'hours', action: 'stop', time: NIGHT }],
  [
    'the end of a run',
    { source: 'aws.states', time, detail: { executionArn: 'arn-1' } },
    DAY,
    { kind: 'run', executionArn: 'arn-1', time: NIGHT },
  ],
  [
    'an operator',
    { source: 'mlops.endpoint', action: 'start' },
    DAY,
    { kind: 'hand', action: 'start', time: DAY },
  ],
])('reads %s', (_, event, now, expected) => {
  expect(readEvent(event, now)).toEqual(expected);
});

test.each<[string, IncomingEvent, string]>([
  ['the end of an unnamed execution', { source: 'aws.states' }, '"aws.states"'],
  ['an unknown source', { source: 'other', action: 'stop' }, '"other"'],
  ['a time that is not ISO 8601', { ...schedule, time: 'soon' }, '"soon"'],
])('refuses %s and names the value', (_, event, value) => {
  expect(() => readEvent(event, DAY)).toThrow(value);
});
