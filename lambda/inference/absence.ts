import { LambdaVariable } from '../../lib/contract/environment';
import { clockText, isWorkingTime, nextStart, type WorkingHours } from '../../lib/contract/hours-clock';

/** Where the endpoint is not always there. */
const hours = process.env[LambdaVariable.WorkingHours];

/** Why there is no endpoint, and when there is one again. */
export function whenAbsent(now = Date.now()): string {
  return hours === undefined
    ? 'no model is deployed yet; the first accepted run deploys one'
    : whenStopped(JSON.parse(hours) as WorkingHours, now);
}

/** @param now milliseconds since the epoch */
export function whenStopped(hours: WorkingHours, now: number): string {
  if (isWorkingTime(hours, now))
    return 'no model is served at this moment: the endpoint starts, or no model is deployed yet; try again in some minutes';
  const back = clockText(nextStart(hours, now), hours.timeZone);
  return `the endpoint is outside of its working hours; it is started again at ${back}`;
}
