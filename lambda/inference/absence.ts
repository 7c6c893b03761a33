import { LambdaVariable } from '../../lib/contract/environment';
import { clockText, isWorkingTime, nextStart, type WorkingHours } from '../../lib/contract/working-hours';

/** Working hours of the endpoint, if it has any. */
const hours = process.env[LambdaVariable.WorkingHours];

/** Returns why there is no endpoint, and when there will be one. */
export function whenAbsent(now = Date.now()): string {
  return hours === undefined
    ? 'no model is deployed yet; the first accepted run deploys one'
    : whenStopped(JSON.parse(hours) as WorkingHours, now);
}

/** Returns the message of a stopped endpoint. @param now milliseconds since the epoch */
export function whenStopped(hours: WorkingHours, now: number): string {
  if (isWorkingTime(hours, now))
    return 'no model is in service: the endpoint is starting, or no model is deployed yet; try again in some minutes';
  const back = clockText(nextStart(hours, now), hours.timeZone);
  return `the endpoint is outside of its working hours; it is started again at ${back}`;
}
