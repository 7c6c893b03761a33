import { isSwitch, type Challenger, type EndpointClaim } from '../../lib/contract/run';
import type { SwitchAction } from '../../lib/contract/working-hours';
import { isWorkingTime, type WorkingHours } from '../../lib/contract/hours-clock';
import type { Asked } from './event';

export type Decision =
  | { readonly action: SwitchAction }
  /** The endpoint stays as it is: why, one sentence without a full stop. */
  | { readonly leave: string };

/**
 * Whether to start or to stop the endpoint. A schedule may deliver late, or twice, so the clock has the last word; of
 * runs only the one that deployed last changed the endpoint.
 *
 * @param claim who changed the endpoint last, if anybody did
 */
export function decide(asked: Asked, hours: WorkingHours, claim: EndpointClaim | null): Decision {
  if (asked.kind === 'hand') return { action: asked.action };
  const wanted = isWorkingTime(hours, asked.time) ? 'start' : 'stop';
  if (asked.kind === 'run') {
    const deployed = claim !== null && !isSwitch(claim) && claim.executionArn === asked.executionArn;
    return deployed ? { action: wanted } : { leave: 'the run that ended did not deploy' };
  }
  if (asked.action === wanted) return { action: wanted };
  return {
    leave: `the schedule to ${asked.action} fired ${wanted === 'start' ? 'within' : 'outside of'} the working hours`,
  };
}

/**
 * The execution whose end has to be waited for: its run may be changing the endpoint. One that observes a challenger
 * has done so.
 */
export function mayDeploy(
  asked: Asked,
  claim: EndpointClaim | null,
  challenger: Challenger | null,
): string | undefined {
  if (!claim || isSwitch(claim) || challenger) return undefined;
  // Its status may lag behind the event of its end.
  if (asked.kind === 'run' && asked.executionArn === claim.executionArn) return undefined;
  return claim.executionArn;
}
