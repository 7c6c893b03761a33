import { isWorkingHoursLock, type EndpointLock } from '../../lib/contract/run';
import { isWorkingTime, nextStart, type WorkingHours } from '../../lib/contract/working-hours';

/**
 * Returns true if the endpoint should not exist now: outside of its working hours, or stopped by hand within them.
 *
 * @param hours undefined without working hours
 * @param lock the last change of the endpoint
 * @param now milliseconds since the epoch
 */
export function isStopped(hours: WorkingHours | undefined, lock: EndpointLock | null, now: number): boolean {
  if (!hours) return false;
  if (!isWorkingTime(hours, now)) return true;
  if (!lock || !isWorkingHoursLock(lock) || lock.action !== 'stop') return false;
  // After a stop and a start that did not come, it should exist.
  return nextStart(hours, Date.parse(lock.until)) > now;
}
