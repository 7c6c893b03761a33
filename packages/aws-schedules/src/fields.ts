/** The rules of one field of a cron expression. */
export interface FieldRule {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names of the values, from `min` on. */
  readonly names?: readonly string[];
  /** The wildcards of AWS's table (EventBridge Scheduler User Guide, "Cron-based schedules"). */
  readonly wildcards: string;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** The fields in their order. Days of the week count from 1, which is Sunday. */
export const FIELDS = {
  minutes: { name: 'minutes', min: 0, max: 59, wildcards: ', - * /' },
  hours: { name: 'hours', min: 0, max: 23, wildcards: ', - * /' },
  dayOfMonth: { name: 'day-of-month', min: 1, max: 31, wildcards: ', - * ? / L W' },
  month: { name: 'month', min: 1, max: 12, names: MONTHS, wildcards: ', - * /' },
  dayOfWeek: { name: 'day-of-week', min: 1, max: 7, names: DAYS, wildcards: ', - * ? L #' },
  year: { name: 'year', min: 1970, max: 2199, wildcards: ', - * /' },
} as const satisfies Record<string, FieldRule>;

/** A text that is not a schedule expression; the message names the problem and the allowed values. */
export class ScheduleError extends Error {}

export function refuse(rule: FieldRule, text: string, why = ''): ScheduleError {
  const names = rule.names ? ` or ${rule.names[0]} to ${rule.names.at(-1)}` : '';
  return new ScheduleError(
    `the field ${rule.name} is "${text}"${why && `, ${why}`}; allowed is ${rule.min} to ${rule.max}${names} with ${rule.wildcards}`,
  );
}

/** Returns the values of a list such as `1,10-20,0/15`, in ascending order. */
export function valuesOf(rule: FieldRule, text: string): number[] {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [, range = '', step] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
    if (range === '' || (step !== undefined && !rule.wildcards.includes('/'))) throw refuse(rule, text);
    const [from, to] = bounds(rule, range, step !== undefined, text);
    const width = step === undefined ? 1 : Number(step);
    if (width < 1) throw refuse(rule, text, 'an increment of 0');
    for (let value = from; value <= to; value += width) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

/** Returns the value that a number or a name represents. */
export function valueOf(rule: FieldRule, text: string, whole: string): number {
  const named = rule.names?.indexOf(text) ?? -1;
  const value = named >= 0 ? named + rule.min : /^\d{1,4}$/.test(text) ? Number(text) : NaN;
  if (value >= rule.min && value <= rule.max) return value;
  throw refuse(rule, whole);
}

/** Returns the first and the last value of a range. `5/10` runs from 5 to the field's end. */
function bounds(rule: FieldRule, range: string, hasStep: boolean, whole: string): [number, number] {
  if (range === '*') return [rule.min, rule.max];
  const [first = '', last, ...rest] = range.split('-');
  if (rest.length > 0) throw refuse(rule, whole);
  const from = valueOf(rule, first, whole);
  const to = last !== undefined ? valueOf(rule, last, whole) : hasStep ? rule.max : from;
  if (from > to) throw refuse(rule, whole, 'a range that ends before it begins');
  return [from, to];
}
