import { FIELDS, refuse, ScheduleError, valueOf, valuesOf } from './fields';

/** The times of a cron expression, as times of a calendar without a time zone. */
export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  /** @param month from 1 */
  fitsDay(year: number, month: number, day: number): boolean;
  /** Ascending. */
  readonly years: readonly number[];
}

type FitsDay = Cron['fitsDay'];

const { minutes, hours, dayOfMonth, month: monthRule, dayOfWeek, year: yearRule } = FIELDS;

/**
 * @param text the six fields between the brackets of `cron(…)`
 * @throws ScheduleError
 */
export function parseCron(text: string): Cron {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 6) {
    throw new ScheduleError(
      `cron needs 6 fields, not ${fields.length}: minutes hours day-of-month month day-of-week year`,
    );
  }
  const [minuteText, hourText, dayText, monthText, weekText, yearText] = fields as [
    ...[string, string, string, string, string, string],
  ];
  if ((dayText === '?') === (weekText === '?')) {
    throw new ScheduleError(
      `exactly one of day-of-month and day-of-week must be ?, not "${dayText}" and "${weekText}"`,
    );
  }
  const months = new Set(valuesOf(monthRule, monthText));
  const years = valuesOf(yearRule, yearText);
  const known = new Set(years);
  const day = dayText === '?' ? weekDays(weekText) : monthDays(dayText);
  return {
    minutes: valuesOf(minutes, minuteText),
    hours: valuesOf(hours, hourText),
    fitsDay: (y, m, d) => known.has(y) && months.has(m) && day(y, m, d),
    years,
  };
}

/** Returns true if the calendar has a day of the expression in one of the years from `first` on. */
export function hasDay(cron: Cron, first: number): boolean {
  const inMonth = (year: number, month: number) =>
    DAYS.some((day) => day <= lastDay(year, month) && cron.fitsDay(year, month, day));
  return cron.years.some((year) => year >= first && MONTHS.some((month) => inMonth(year, month)));
}

const MONTHS = Array.from({ length: 12 }, (_, index) => index + 1);
const DAYS = Array.from({ length: 31 }, (_, index) => index + 1);

/**
 * Parses a day-of-month field. `L` is the month's last day, `15W` the weekday (Monday to Friday) nearest to the 15th.
 * Each must be the only value.
 */
function monthDays(text: string): FitsDay {
  if (text === 'L') return (y, m, d) => d === lastDay(y, m);
  const [, nearest] = /^(\w+)W$/.exec(text) ?? [];
  if (nearest !== undefined) {
    const wanted = valueOf(dayOfMonth, nearest, text);
    return (y, m, d) => wanted <= lastDay(y, m) && d === nearestWeekday(y, m, wanted);
  }
  if (/[LW]/.test(text))
    throw refuse(dayOfMonth, text, 'where L or W must be the only value, as in L and 15W');
  const days = new Set(valuesOf(dayOfMonth, text));
  return (_y, _m, d) => days.has(d);
}

/**
 * Parses a day-of-week field. `L` is Saturday, `6L` the month's last Friday, `3#2` its second Tuesday. Each must be the
 * only value.
 */
function weekDays(text: string): FitsDay {
  if (text === 'L') return (y, m, d) => weekday(y, m, d) === dayOfWeek.max;
  const [, last] = /^(\w+)L$/.exec(text) ?? [];
  if (last !== undefined) {
    const wanted = valueOf(dayOfWeek, last, text);
    return (y, m, d) => weekday(y, m, d) === wanted && d + 7 > lastDay(y, m);
  }
  const [, which, count] = /^(\w+)#([1-5])$/.exec(text) ?? [];
  if (which !== undefined) {
    const wanted = valueOf(dayOfWeek, which, text);
    return (y, m, d) => weekday(y, m, d) === wanted && Math.ceil(d / 7) === Number(count);
  }
  if (text.includes('#'))
    throw refuse(dayOfWeek, text, 'where # must occur once, in the only value, as in 3#2');
  const days = new Set(valuesOf(dayOfWeek, text));
  return (y, m, d) => days.has(weekday(y, m, d));
}

function lastDay(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Returns the day of the week; 1 is Sunday. */
function weekday(year: number, month: number, day: number): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;
}

/** Returns the nearest weekday, never in another month: if the 1st is a Saturday, it is Monday the 3rd. */
function nearestWeekday(year: number, month: number, day: number): number {
  switch (weekday(year, month, day)) {
    case 1:
      return day === lastDay(year, month) ? day - 2 : day + 1;
    case 7:
      return day === 1 ? 3 : day - 1;
    default:
      return day;
  }
}
