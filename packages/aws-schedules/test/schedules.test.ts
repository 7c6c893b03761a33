import { isTimeZone, nextTime, parseSchedule, recurrenceProblem } from '../src';

/** Returns the next times at which an expression fires, in UTC. */
function times(expression: string, after: string, count = 3, timeZone = 'UTC'): string[] {
  const schedule = parseSchedule(expression);
  const start = Date.parse(after);
  const found: number[] = [];
  for (let last: number | undefined = start; found.length < count; found.push(last)) {
    last = nextTime(schedule, last, { timeZone, anchor: start });
    if (last === undefined) break;
  }
  return found.map((time) => new Date(time).toISOString().slice(0, 16));
}

describe('an expression fires', () => {
  test.each<[expression: string, after: string, expected: string[]]>([
    ['rate(5 minutes)', '2026-01-01T00:00:30Z', ['2026-01-01T00:05', '2026-01-01T00:10', '2026-01-01T00:15']],
    ['rate(1 day)', '2026-01-01T09:00:00Z', ['2026-01-02T09:00', '2026-01-03T09:00', '2026-01-04T09:00']],
    ['at(2026-01-02T03:04:05)', '2026-01-01T00:00:00Z', ['2026-01-02T03:04']],
    ['at(2026-01-02T03:04:05)', '2026-01-02T03:04:05Z', []],
    [
      'cron(0 3 * * ? *)',
      '2026-01-01T03:00:00Z',
      ['2026-01-02T03:00', '2026-01-03T03:00', '2026-01-04T03:00'],
    ],
    [
      'cron(0/20 8-9 ? * MON *)',
      '2026-01-05T09:10:00Z',
      ['2026-01-05T09:20', '2026-01-05T09:40', '2026-01-12T08:00'],
    ],
    [
      'cron(0 3 ? * 1 *)',
      '2026-01-01T00:00:00Z',
      ['2026-01-04T03:00', '2026-01-11T03:00', '2026-01-18T03:00'],
    ],
    [
      'cron(0 3 ? * L *)',
      '2026-01-01T00:00:00Z',
      ['2026-01-03T03:00', '2026-01-10T03:00', '2026-01-17T03:00'],
    ],
    [
      'cron(0 3 L * ? *)',
      '2026-01-31T04:00:00Z',
      ['2026-02-28T03:00', '2026-03-31T03:00', '2026-04-30T03:00'],
    ],
    // The first of August 2026 is a Saturday, the 31st of May a Sunday.
    [
      'cron(0 3 1W 7-9 ? *)',
      '2026-07-01T04:00:00Z',
      ['2026-08-03T03:00', '2026-09-01T03:00', '2027-07-01T03:00'],
    ],
    [
      'cron(0 3 31W 5 ? *)',
      '2026-01-01T00:00:00Z',
      ['2026-05-29T03:00', '2027-05-31T03:00', '2028-05-31T03:00'],
    ],
    [
      'cron(15 10 ? * 6L 2026-2027)',
      '2026-12-01T00:00:00Z',
      ['2026-12-25T10:15', '2027-01-29T10:15', '2027-02-26T10:15'],
    ],
    [
      'cron(0 3 ? JAN,MAR TUE#2 *)',
      '2026-01-01T00:00:00Z',
      ['2026-01-13T03:00', '2026-03-10T03:00', '2027-01-12T03:00'],
    ],
    [
      'cron(0 0 29 2 ? *)',
      '2026-01-01T00:00:00Z',
      ['2028-02-29T00:00', '2032-02-29T00:00', '2036-02-29T00:00'],
    ],
    ['cron(0 0 1 1 ? 2026)', '2026-01-01T00:00:00Z', []],
    ['cron(0 0 31 2 ? *)', '2026-01-01T00:00:00Z', []],
  ])('%s after %s', (expression, after, expected) => {
    expect(times(expression, after)).toEqual(expected);
  });

  // In Berlin clocks go from 2:00 to 3:00 on 29 March 2026, and from 3:00 to 2:00 on 25 October.
  test.each<[what: string, expression: string, after: string, zone: string, expected: string[]]>([
    [
      'in the time zone',
      'cron(0 3 * * ? *)',
      '2026-03-28T00:00:00Z',
      'Europe/Berlin',
      ['2026-03-28T02:00', '2026-03-29T01:00'],
    ],
    [
      'not at a local time that does not exist',
      'cron(30 2 * * ? *)',
      '2026-03-28T00:00:00Z',
      'Europe/Berlin',
      ['2026-03-28T01:30', '2026-03-30T00:30'],
    ],
    [
      'once at a local time that occurs twice',
      'cron(30 2 * * ? *)',
      '2026-10-24T23:00:00Z',
      'Europe/Berlin',
      ['2026-10-25T00:30', '2026-10-26T01:30'],
    ],
    [
      'at midnight of the time zone',
      'cron(0 0 ? * SUN *)',
      '2026-01-01T00:00:00Z',
      'Pacific/Auckland',
      ['2026-01-03T11:00', '2026-01-10T11:00'],
    ],
    [
      'after the hours of a rate, also across a clock change',
      'rate(24 hours)',
      '2026-03-28T12:00:00Z',
      'Europe/Berlin',
      ['2026-03-29T12:00', '2026-03-30T12:00'],
    ],
  ])('%s', (_, expression, after, zone, expected) => {
    expect(times(expression, after, 2, zone)).toEqual(expected);
  });
});

test.each<[expression: string, problem: RegExp]>([
  ['', /must be rate\(value unit\) or cron/],
  ['0 3 * * ? *', /must be rate\(value unit\) or cron/],
  ['every day', /must be rate/],
  ['rate(5)', /must be rate\(value unit\), such as rate\(12 hours\)/],
  ['rate(0 days)', /at least 1/],
  ['rate(1.5 hours)', /is not a rate/],
  ['rate(1 hours)', /singular unit/],
  ['rate(2 hour)', /plural unit/],
  ['rate(2 weeks)', /not one of minute, minutes, hour/],
  ['at(2026-01-01T00:00:00)', /fires once; it must be rate/],
  ['at(2026-06-31T00:00:00)', /is not a time/],
  ['at(2026-06-30)', /is not a time/],
  ['cron(0 3 * * ?)', /6 fields, not 5/],
  ['cron(60 3 * * ? *)', /field minutes is "60"; allowed is 0 to 59 with , - \* \//],
  ['cron(0 24 * * ? *)', /field hours is "24"; allowed is 0 to 23/],
  ['cron(0 3 0 * ? *)', /field day-of-month is "0"; allowed is 1 to 31/],
  ['cron(0 3 32W * ? *)', /field day-of-month is "32W"/],
  ['cron(0 3 1,L * ? *)', /field day-of-month is "1,L", where L or W must be the only value/],
  ['cron(0 3 * 13 ? *)', /field month is "13"; allowed is 1 to 12 or JAN to DEC/],
  ['cron(0 3 * MAI ? *)', /field month is "MAI"/],
  ['cron(0 3 ? * 0 *)', /field day-of-week is "0"; allowed is 1 to 7 or SUN to SAT with , - \* \? L #/],
  ['cron(0 3 ? * 2/2 *)', /field day-of-week is "2\/2"/],
  ['cron(0 3 ? * MON#6 *)', /where # must occur once/],
  ['cron(0 3 ? * 3#1,6#3 *)', /where # must occur once/],
  ['cron(0 3 * * ? 1969)', /field year is "1969"; allowed is 1970 to 2199/],
  ['cron(0 3 * * * *)', /exactly one of day-of-month and day-of-week must be \?, not "\*" and "\*"/],
  ['cron(0 3 ? * ? *)', /exactly one of/],
  ['cron(0 3-1 * * ? *)', /a range that ends before it begins/],
  ['cron(0/0 3 * * ? *)', /an increment of 0/],
  ['cron(0, 3 * * ? *)', /field minutes is "0,"/],
  ['cron(1-2-3 3 * * ? *)', /field minutes is "1-2-3"/],
  ['cron(0 3 31 2 ? *)', /never fires: no year from 2026 on has such a day/],
  ['cron(0 3 29 FEB ? 2027)', /never fires/],
  ['cron(0 3 31W 4,6 ? *)', /never fires/],
  ['cron(0 3 * * ? 2020-2025)', /never fires/],
  ['cron(? 3 * * ? *)', /field minutes is "\?"/],
])('%j is not a recurring schedule', (expression, problem) => {
  expect(recurrenceProblem(expression)).toMatch(problem);
});

test.each([
  'rate(1 minute)',
  'cron(0 3 29 2 ? *)',
  'cron(0 3 ? * 3#5 *)',
  'cron(0 3 L * ? 2199)',
  'cron(0-15/1 8-8 ? * 2,3,4,5,6,7 *)',
  'cron(* * 1/2 * ? 2026-2199/3)',
])('%s is a recurring schedule', (text) => {
  expect(recurrenceProblem(text)).toBeUndefined();
});

test.each([
  ['UTC', true],
  ['Europe/Berlin', true],
  ['America/Argentina/Buenos_Aires', true],
  ['Berlin', false],
  ['Europe/Bonn', false],
  ['+01:00', false],
  ['', false],
])('%j is a time zone: %s', (name, expected) => {
  expect(isTimeZone(name)).toBe(expected);
});
