import { ErrorName, PipelineError } from '../../lib/contract/errors';
import type { SwitchClaim } from '../../lib/contract/run';

/** @param now milliseconds since the epoch */
export function inForce({ until }: SwitchClaim, now: number): boolean {
  return Date.parse(until) > now;
}

export function switching({ action, until }: SwitchClaim): PipelineError {
  const doing = action === 'start' ? 'started' : 'stopped';
  return new PipelineError(
    ErrorName.EndpointSwitching,
    `the endpoint is being ${doing} for its working hours, until ${until} at the latest; try again in a minute`,
  );
}
