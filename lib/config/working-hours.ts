import * as z from 'zod';
import { isTimeZone } from 'aws-schedules';
import { WEEKDAYS } from '../contract/hours-clock';
import type { PipelineConfig } from './schema';

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time from 00:00 to 23:59, such as 08:00');

/** When the endpoint is there; null: always. */
export const workingHours = z.nullable(
  z.strictObject({
    /** When it is started, `HH:MM`. */
    start: time,
    /** When it is stopped, `HH:MM`, later on the same day. */
    stop: time,
    /** On which days, each once: `SUN`, `MON`, `TUE`, `WED`, `THU`, `FRI`, `SAT`. */
    days: z.array(z.enum(WEEKDAYS)).min(1),
    /** Whose clocks they go by: a name of the IANA database, e.g. `Europe/Berlin`. */
    timeZone: z.string(),
  }),
);

/** Hours that nothing could keep, and kinds of serving that nothing is saved with. */
export function workingHoursFaults({ endpoint }: PipelineConfig): string[] {
  const { workingHours: hours, serving } = endpoint;
  if (!hours) return [];
  const field = 'endpoint.workingHours';
  const { start, stop, days, timeZone } = hours;
  const repeated = days.find((day, index) => days.indexOf(day) !== index);
  const why =
    serving.kind === 'serverless'
      ? 'a serverless endpoint costs nothing while nobody asks'
      : 'predictions in batches have no endpoint';
  return [
    ...(serving.kind === 'serverless' || serving.kind === 'batch'
      ? [
          `${field} is ${JSON.stringify(hours)} with endpoint.serving.kind "${serving.kind}"; allowed is null: ${why}`,
        ]
      : []),
    ...(start >= stop
      ? [`${field}.stop is "${stop}"; allowed is a time of the same day after ${field}.start ("${start}")`]
      : []),
    ...(repeated ? [`${field}.days names "${repeated}" twice; allowed is each day once`] : []),
    ...(isTimeZone(timeZone)
      ? []
      : [
          `${field}.timeZone is ${JSON.stringify(timeZone)}; allowed is a name of the IANA database such as Europe/Berlin or UTC`,
        ]),
  ];
}
