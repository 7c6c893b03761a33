import { layout } from '../../lib/contract/layout';
import { isWorkingHoursLock, type EndpointLock, type WorkingHoursLock } from '../../lib/contract/run';
import { START_STOP_MINUTES, type StartStopAction } from '../../lib/contract/working-hours';
import type { Bucket } from '../shared/s3';
import { isHeld, changing } from '../shared/working-hours-lock';

type Locks = Pick<Bucket, 'putNew' | 'putOver' | 'read'>;
interface Held {
  readonly value: EndpointLock;
  readonly etag: string;
}

/**
 * Runs `work` while no run and no other start or stop may change the endpoint.
 *
 * @param held the lock as it was read before the decision
 * @throws PipelineError `EndpointChanging` if another change was first
 */
export async function withLock<Result>(
  artifacts: Locks,
  held: Held | null,
  action: StartStopAction,
  work: () => Promise<Result>,
): Promise<Result> {
  if (held && isWorkingHoursLock(held.value) && isHeld(held.value, Date.now())) throw changing(held.value);
  const mine: WorkingHoursLock = { action, until: inMinutes(START_STOP_MINUTES) };
  const taken = held
    ? await artifacts.putOver(layout.endpointLock, mine, held.etag)
    : await artifacts.putNew(layout.endpointLock, mine);
  if (!taken) throw changing(mine);
  try {
    return await work();
  } finally {
    const now = await artifacts.read<EndpointLock>(layout.endpointLock);
    const ended: WorkingHoursLock = { action, until: inMinutes(0) };
    if (now && isWorkingHoursLock(now.value) && now.value.until === mine.until)
      await artifacts.putOver(layout.endpointLock, ended, now.etag);
  }
}

function inMinutes(minutes: number): string {
  return new Date(Date.now() + minutes * 60_000).toISOString();
}
