import { layout } from '../../lib/contract/layout';
import { isSwitch, type EndpointClaim, type SwitchClaim } from '../../lib/contract/run';
import { SWITCH_MINUTES, type SwitchAction } from '../../lib/contract/working-hours';
import type { Bucket } from '../shared/s3';
import { inForce, switching } from '../shared/switch-claim';

type Claims = Pick<Bucket, 'putNew' | 'putOver' | 'read'>;
interface Held {
  readonly value: EndpointClaim;
  readonly etag: string;
}

/**
 * Does something while no run and no other switch may change the endpoint.
 *
 * @param held the claim as it was read before somebody decided by it
 * @throws PipelineError `EndpointSwitching` where somebody else was first
 */
export async function withClaim<Result>(
  artifacts: Claims,
  held: Held | null,
  action: SwitchAction,
  work: () => Promise<Result>,
): Promise<Result> {
  if (held && isSwitch(held.value) && inForce(held.value, Date.now())) throw switching(held.value);
  const mine: SwitchClaim = { action, until: inMinutes(SWITCH_MINUTES) };
  const taken = held
    ? await artifacts.putOver(layout.deployment, mine, held.etag)
    : await artifacts.putNew(layout.deployment, mine);
  if (!taken) throw switching(mine);
  try {
    return await work();
  } finally {
    const now = await artifacts.read<EndpointClaim>(layout.deployment);
    const ended: SwitchClaim = { action, until: inMinutes(0) };
    if (now && isSwitch(now.value) && now.value.until === mine.until)
      await artifacts.putOver(layout.deployment, ended, now.etag);
  }
}

function inMinutes(minutes: number): string {
  return new Date(Date.now() + minutes * 60_000).toISOString();
}
