import { hasDay, parseCron, type Cron } from './cron';
import { ScheduleError } from './fields';
import { instantOf, wallTime, type WallTime } from './time-zone';

/** AWS's schedule expressions, as EventBridge Scheduler and EventBridge's rules define them. */
export { ScheduleError } from './fields';
export { isTimeZone, wallTime, type WallTime } from './time-zone';

export type Schedule =
  | { readonly kind: 'at'; readonly wall: WallTime }
  | { readonly kind: 'rate'; readonly ms: number }
  | { readonly kind: 'cron'; readonly cron: Cron };

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const UNITS: Readonly<Record<string, number>> = { minute: MINUTE_MS, hour: 60 * MINUTE_MS, day: DAY_MS };

/**
 * Parses a schedule expression.
 *
 * @param text `rate(…)`, `cron(…)`, or `at(…)` for one time only
 * @throws ScheduleError that names the problem and the allowed values
 */
export function parseSchedule(text: string): Schedule {
  const [, kind, inner = ''] = /^(rate|cron|at)\((.*)\)$/.exec(text) ?? [];
  switch (kind) {
    case 'rate':
      return { kind, ms: rateMs(inner) };
    case 'cron':
      return { kind, cron: parseCron(inner) };
    case 'at':
      return { kind, wall: oneTime(inner) };
    default:
      throw new ScheduleError(
        'it must be rate(value unit) or cron(minutes hours day-of-month month day-of-week year), or at(yyyy-mm-ddThh:mm:ss) for one time',
      );
  }
}

/** Of this version: the answer for a text does not depend on the day on which it is asked for. */
const THIS_YEAR = 2026;

/** Returns the reason why a text is not a recurring schedule; undefined if it is one. */
export function recurrenceProblem(text: string): string | undefined {
  try {
    const schedule = parseSchedule(text);
    if (schedule.kind === 'at')
      return 'at(…) fires once; it must be rate(value unit) or cron(minutes hours day-of-month month day-of-week year)';
    if (schedule.kind === 'cron' && !hasDay(schedule.cron, THIS_YEAR))
      return `it never fires: no year from ${THIS_YEAR} on has such a day; correct day-of-month, month or year`;
    return undefined;
  } catch (error) {
    if (error instanceof ScheduleError) return error.message;
    throw error;
  }
}

export interface Course {
  readonly timeZone: string;
  /**
   * The time from which a rate counts: it fires at that time and after each period. Milliseconds since the epoch, as
   * all times.
   */
  readonly anchor: number;
}

/** Returns the first time after `after`; undefined if there is none. */
export function nextTime(
  schedule: Schedule,
  after: number,
  { timeZone, anchor }: Course,
): number | undefined {
  switch (schedule.kind) {
    case 'at': {
      const time = instantOf(schedule.wall, timeZone);
      return time !== undefined && time > after ? time : undefined;
    }
    case 'rate':
      if (anchor > after) return anchor;
      return anchor + (Math.floor((after - anchor) / schedule.ms) + 1) * schedule.ms;
    case 'cron':
      return nextOfCron(schedule.cron, after, timeZone);
  }
}

/**
 * Returns the next time of a cron expression. Daylight saving time is treated as AWS documents it: a time that does not
 * exist is skipped, a time that occurs twice fires once (User Guide, "Daylight savings time").
 */
function nextOfCron(cron: Cron, after: number, zone: string): number | undefined {
  const from = wallTime(after, zone);
  // Starts a day earlier: when clocks go back at midnight, they show the day before again.
  for (let day = Math.floor(from / DAY_MS) * DAY_MS - DAY_MS; ; day += DAY_MS) {
    const date = new Date(day);
    const year = date.getUTCFullYear();
    if (year > cron.years.at(-1)!) return undefined;
    if (!cron.fitsDay(year, date.getUTCMonth() + 1, date.getUTCDate())) continue;
    for (const hour of cron.hours) {
      for (const minute of cron.minutes) {
        const wall = day + (hour * 60 + minute) * MINUTE_MS;
        // No time zone sets its clocks back by more.
        if (wall < from - DAY_MS / 8) continue;
        const time = instantOf(wall, zone);
        if (time !== undefined && time > after) return time;
      }
    }
  }
}

function rateMs(inner: string): number {
  const [, value, unit = ''] = /^(\d+) (\w+)$/.exec(inner) ?? [];
  if (value === undefined) {
    throw new ScheduleError(`"${inner}" is not a rate; it must be rate(value unit), such as rate(12 hours)`);
  }
  const singular = unit.replace(/s$/, '');
  if (!Object.hasOwn(UNITS, singular)) {
    throw new ScheduleError(`the unit "${unit}" is not one of minute, minutes, hour, hours, day, days`);
  }
  if (Number(value) < 1) throw new ScheduleError(`the rate "${value}" must be at least 1`);
  if ((Number(value) === 1) !== (unit === singular)) {
    throw new ScheduleError(`a rate of ${value} needs a ${unit === singular ? 'plural' : 'singular'} unit`);
  }
  return Number(value) * UNITS[singular]!;
}

function oneTime(inner: string): WallTime {
  const wall = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(inner) ? Date.parse(`${inner}Z`) : NaN;
  // JavaScript reads the 31st of June as the 1st of July.
  if (!Number.isNaN(wall) && new Date(wall).toISOString().startsWith(inner)) return wall;
  throw new ScheduleError(
    `"${inner}" is not a time; it must be at(yyyy-mm-ddThh:mm:ss), such as at(2026-11-21T09:00:00)`,
  );
}
