/** Milliseconds of a calendar's date and time, counted as if it were UTC. */
export type WallTime = number;

const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Returns true if IANA's database has a time zone of this name. */
export function isTimeZone(name: string): boolean {
  // JavaScript also accepts offsets such as +01:00, which IANA's database does not have.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** Returns the time that clocks show in a zone. @param time milliseconds since the epoch */
export function wallTime(time: number, zone: string): WallTime {
  if (zone === 'UTC') return time;
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(time)
      .map(({ type, value }) => [type, Number(value)]),
  ) as Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>;
  const { year, month, day, hour, minute, second } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (time % 1000);
}

/**
 * Returns the time at which clocks in a zone show this. When clocks go back, they show it twice: the first time counts.
 * When clocks go forward, they may leave it out: then the result is undefined.
 */
export function instantOf(wall: WallTime, zone: string): number | undefined {
  if (zone === 'UTC') return wall;
  const offsets = [wall - DAY_MS, wall + DAY_MS].map((near) => wallTime(near, zone) - near);
  const times = offsets.map((offset) => wall - offset).filter((time) => wallTime(time, zone) === wall);
  return times.length > 0 ? Math.min(...times) : undefined;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      ...{ timeZone, calendar: 'gregory', numberingSystem: 'latn', hourCycle: 'h23' },
      ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
      ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
    });
    formats.set(timeZone, format);
  }
  return format;
}
