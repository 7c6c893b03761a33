import { ErrorName, PipelineError } from '../../lib/contract/errors';
import type { WorkingHoursLock } from '../../lib/contract/run';

/** Returns true until the lock expires. @param now milliseconds since the epoch */
export function isHeld({ until }: WorkingHoursLock, now: number): boolean {
  return Date.parse(until) > now;
}

export function changing({ action, until }: WorkingHoursLock): PipelineError {
  const doing = action === 'start' ? 'started' : 'stopped';
  return new PipelineError(
    ErrorName.EndpointChanging,
    `the endpoint is being ${doing} for its working hours, until ${until} at the latest; try again in a minute`,
  );
}
