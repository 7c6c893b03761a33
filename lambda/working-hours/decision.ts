import { isWorkingHoursLock, type Challenger, type EndpointLock } from '../../lib/contract/run';
import { isWorkingTime, type StartStopAction, type WorkingHours } from '../../lib/contract/working-hours';
import type { Asked } from './event';

export type Decision =
  | { readonly action: StartStopAction }
  /** The endpoint is left unchanged: the reason, one sentence without a full stop. */
  | { readonly leave: string };

/**
 * Decides if the endpoint is started, stopped or left. A schedule may deliver late, or twice, so the clock decides; of
 * runs, only the one that deployed last changed the endpoint.
 *
 * @param lock the last change of the endpoint, if any
 */
export function decide(asked: Asked, hours: WorkingHours, lock: EndpointLock | null): Decision {
  if (asked.kind === 'hand') return { action: asked.action };
  const wanted = isWorkingTime(hours, asked.time) ? 'start' : 'stop';
  if (asked.kind === 'run') {
    const deployed = lock !== null && !isWorkingHoursLock(lock) && lock.executionArn === asked.executionArn;
    return deployed ? { action: wanted } : { leave: 'the run that ended did not deploy' };
  }
  if (asked.action === wanted) return { action: wanted };
  return {
    leave: `the schedule to ${asked.action} fired ${wanted === 'start' ? 'within' : 'outside of'} the working hours`,
  };
}

/**
 * Returns the execution that may be changing the endpoint, so that its end must be awaited. A run that observes a
 * challenger, or has restored the endpoint, has already changed it.
 */
export function mayDeploy(
  asked: Asked,
  lock: EndpointLock | null,
  challenger: Challenger | null,
): string | undefined {
  if (!lock || isWorkingHoursLock(lock) || lock.released || challenger) return undefined;
  // Its status may lag behind the event of its end.
  if (asked.kind === 'run' && asked.executionArn === lock.executionArn) return undefined;
  return lock.executionArn;
}
