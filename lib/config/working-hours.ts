import * as z from 'zod';
import { isTimeZone } from 'aws-schedules';
import { WEEKDAYS } from '../contract/working-hours';
import type { PipelineConfig } from './schema';

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time from 00:00 to 23:59, such as 08:00');

/** Working hours of the endpoint; null: always in service. */
export const workingHours = z.nullable(
  z.strictObject({
    /** Start time, `HH:MM`. */
    start: time,
    /** Stop time, `HH:MM`, later on the same day. */
    stop: time,
    /** Days, each once: `SUN`, `MON`, `TUE`, `WED`, `THU`, `FRI`, `SAT`. */
    days: z.array(z.enum(WEEKDAYS)).min(1),
    /** Time zone of the times: a name of the IANA database, e.g. `Europe/Berlin`. */
    timeZone: z.string(),
  }),
);

/** Returns faults for impossible hours, and for kinds of serving where stopping saves nothing. */
export function workingHoursFaults({ endpoint }: PipelineConfig): string[] {
  const { workingHours: hours, serving } = endpoint;
  if (!hours) return [];
  const field = 'endpoint.workingHours';
  const { start, stop, days, timeZone } = hours;
  const repeated = days.find((day, index) => days.indexOf(day) !== index);
  const why =
    serving.kind === 'serverless'
      ? 'a serverless endpoint costs nothing without requests'
      : 'batch predictions have no endpoint';
  return [
    ...(serving.kind === 'serverless' || serving.kind === 'batch'
      ? [
          `${field} is ${JSON.stringify(hours)} with endpoint.serving.kind "${serving.kind}"; must be null: ${why}`,
        ]
      : []),
    ...(start >= stop
      ? [`${field}.stop is "${stop}"; must be a time of the same day after ${field}.start ("${start}")`]
      : []),
    ...(repeated ? [`${field}.days names "${repeated}" twice; name each day once`] : []),
    ...(isTimeZone(timeZone)
      ? []
      : [
          `${field}.timeZone is ${JSON.stringify(timeZone)}; must be a name of the IANA database such as Europe/Berlin or UTC`,
        ]),
  ];
}
