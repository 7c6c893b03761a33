/** Milliseconds of a calendar's date and time, counted as if it were UTC. */
export type WallTime = number;

const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether IANA's database has it, under this name. */
export function isTimeZone(name: string): boolean {
  // Offsets such as +01:00 are zones to JavaScript, and none of IANA's.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** What clocks show in a zone. @param time milliseconds since the epoch */
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
 * When clocks in a zone show this. Clocks that go back show it twice: the first time counts. Clocks that go forward
 * leave it out: then there is none.
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
