import { nextTime, parseSchedule, wallTime } from 'aws-schedules';
import { SCHEDULED_TIME } from './triggers';

/** Days as cron expressions name them, from Sunday on. */
export const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** From `start` to `stop` on each of the days, by the clocks of a zone. */
export interface WorkingHours {
  /** `08:00`; a time of the same day before `stop`. */
  readonly start: string;
  readonly stop: string;
  readonly days: readonly Weekday[];
  /** Name of the IANA database. */
  readonly timeZone: string;
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;

/** When they begin and when they end, as schedules of EventBridge Scheduler. */
export function cronsOf({ start, stop, days }: WorkingHours): { start: string; stop: string } {
  const cron = (time: string) => {
    const minutes = minutesOf(time);
    return `cron(${minutes % 60} ${Math.floor(minutes / 60)} ? * ${days.join(',')} *)`;
  };
  return { start: cron(start), stop: cron(stop) };
}

/** @param time milliseconds since the epoch */
export function isWorkingTime({ start, stop, days, timeZone }: WorkingHours, time: number): boolean {
  const wall = wallTime(time, timeZone);
  const minutes = Math.floor(wall / MINUTE_MS) % DAY_MINUTES;
  const day = WEEKDAYS[new Date(wall).getUTCDay()]!;
  return days.includes(day) && minutes >= minutesOf(start) && minutes < minutesOf(stop);
}

/** When they begin again, as Scheduler counts it; milliseconds since the epoch. */
export function nextStart(hours: WorkingHours, after: number): number {
  const { timeZone } = hours;
  // A cron without a year has a next time for longer than anybody asks.
  return nextTime(parseSchedule(cronsOf(hours).start), after, { timeZone, anchor: after })!;
}

/** Hours a week. */
export function weeklyHours({ start, stop, days }: WorkingHours): number {
  return (days.length * (minutesOf(stop) - minutesOf(start))) / 60;
}

/** For people: `Mon 2026-11-23 08:00 Europe/Berlin`. */
export function clockText(time: number, timeZone: string): string {
  const wall = new Date(wallTime(time, timeZone));
  const day = WEEKDAYS[wall.getUTCDay()]!;
  const [date, clock] = wall.toISOString().split('T') as [string, string];
  return `${day[0]}${day.slice(1).toLowerCase()} ${date} ${clock.slice(0, 5)} ${timeZone}`;
}

function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':').map(Number) as [number, number];
  return hours * 60 + minutes;
}

/** Actions of the working-hours function. */
export type StartStopAction = 'start' | 'stop';

/** Source of the two schedules' events. */
export const HOURS_SOURCE = 'pipeline.working-hours';
/** Source of the events of `mlops endpoint`. */
export const BY_HAND_SOURCE = 'mlops.endpoint';

/** Returns the input of the schedule that starts or stops the endpoint. */
export function scheduledEvent(action: StartStopAction) {
  return { source: HOURS_SOURCE, time: SCHEDULED_TIME, action };
}

/** Outcome of a start or stop. */
export interface StartStopOutcome {
  /** Null where the endpoint was left unchanged. */
  readonly done: 'started' | 'stopped' | null;
  /** Reason; one sentence without a full stop. */
  readonly reason: string;
}

/** Maximum minutes of a start or a stop: Lambda's limit for a function. The endpoint lock is held for as long. */
export const START_STOP_MINUTES = 15;
