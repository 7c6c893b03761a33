import type { StartStopOutcome } from '../../lib/contract/working-hours';
import type { Hosting } from './sagemaker';

/** While the endpoint is in one of these, SageMaker refuses to change or delete it. */
const CHANGING = ['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting'];

export interface StartStopDependencies {
  readonly hosting: Pick<Hosting, 'status' | 'create' | 'remove'>;
  /** Registers the variants with scaling, or takes them from it; nothing where nothing is scaled. */
  readonly scale: (action: 'apply' | 'withdraw') => Promise<void>;
  /** Waits one poll. @throws Error when there is no more time */
  readonly pause: () => Promise<void>;
}

/**
 * Brings the endpoint into service. Whatever is found half done, by an earlier try or by a run, is finished.
 *
 * @param config of the champion, or of the test that goes on; undefined where there is no model yet
 */
export async function start(
  config: string | undefined,
  { hosting, scale, pause }: StartStopDependencies,
): Promise<StartStopOutcome> {
  if (config === undefined) return { done: null, reason: 'there is no champion yet' };
  let created = false;
  for (;;) {
    const endpoint = await hosting.status();
    if (endpoint?.status === 'InService') break;
    if (endpoint && CHANGING.includes(endpoint.status)) {
      await pause();
      continue;
    }
    if (created || (endpoint && endpoint.status !== 'Failed')) {
      throw new Error(
        `the endpoint is ${endpoint?.status ?? 'gone'} on configuration ${config}: ${endpoint?.reason ?? 'no reason given'}`,
      );
    }
    // One that failed serves nothing, and can only be deleted.
    if (endpoint) await hosting.remove();
    else {
      await hosting.create(config);
      created = true;
    }
  }
  await scale('apply');
  return created
    ? { done: 'started', reason: `the endpoint serves on ${config}` }
    : { done: null, reason: 'the endpoint is in service already' };
}

/** Removes the endpoint; model and configuration stay. */
export async function stop({ hosting, scale, pause }: StartStopDependencies): Promise<StartStopOutcome> {
  let removed = false;
  for (;;) {
    const endpoint = await hosting.status();
    if (!endpoint) break;
    if (CHANGING.includes(endpoint.status)) await pause();
    else if (endpoint.status === 'Failed') {
      return { done: null, reason: 'the endpoint is Failed: it costs nothing, and says why' };
    } else {
      // Or its alarms would stay, without an endpoint.
      await scale('withdraw');
      await hosting.remove();
      removed = true;
    }
  }
  return removed
    ? { done: 'stopped', reason: 'the endpoint is gone until its working hours' }
    : { done: null, reason: 'the endpoint is stopped already' };
}
