import {
  clockText,
  cronsOf,
  isWorkingTime,
  nextStart,
  weeklyHours,
  type WorkingHours,
} from '../../../lib/contract/working-hours';
import { recurrenceProblem } from 'aws-schedules';

const berlin: WorkingHours = {
  ...{ start: '08:00', stop: '18:30', timeZone: 'Europe/Berlin' },
  days: ['MON', 'TUE', 'WED', 'THU', 'FRI'],
};
const at = (text: string) => Date.parse(text);

test.each([
  ['a minute before', '2026-11-20T06:59:59Z', false],
  ['the first moment', '2026-11-20T07:00:00Z', true],
  ['the last moment', '2026-11-20T17:29:59Z', true],
  ['the end', '2026-11-20T17:30:00Z', false],
  ['a Saturday', '2026-11-21T10:00:00Z', false],
  // Summer time: an hour earlier in UTC.
  ['a summer morning', '2026-07-20T06:00:00Z', true],
  ['the same hour in winter', '2026-11-20T06:00:00Z', false],
  // Monday in Berlin, Sunday in UTC.
  ['a Monday that has not come to UTC', '2026-11-22T23:30:00Z', false],
])('%s', (_, time, working) => {
  expect(isWorkingTime(berlin, at(time))).toBe(working);
});

test('days are those of the time zone', () => {
  const early = { ...berlin, start: '00:00', stop: '01:00' };
  expect(isWorkingTime(early, at('2026-11-22T23:30:00Z'))).toBe(true);
});

test('the next start is that of the schedule', () => {
  const next = nextStart(berlin, at('2026-11-20T17:30:00Z'));
  expect(next).toBe(at('2026-11-23T07:00:00Z'));
  expect(clockText(next, berlin.timeZone)).toBe('Mon 2026-11-23 08:00 Europe/Berlin');
  expect(weeklyHours(berlin)).toBe(52.5);
});

test('their schedules are valid in Scheduler', () => {
  const { start: begins, stop: ends } = cronsOf({ ...berlin, start: '00:05', days: ['SUN'] });
  expect([begins, ends]).toEqual(['cron(5 0 ? * SUN *)', 'cron(30 18 ? * SUN *)']);
  expect([begins, ends, ...Object.values(cronsOf(berlin))].map(recurrenceProblem)).toEqual(
    Array(4).fill(undefined),
  );
});
