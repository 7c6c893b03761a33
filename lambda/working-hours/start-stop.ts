import { CHANGING_STATUSES, FAILED, IN_SERVICE } from '../../lib/contract/endpoint';
import type { StartStopOutcome } from '../../lib/contract/working-hours';
import type { Hosting } from './sagemaker';

export interface StartStopDependencies {
  readonly hosting: Pick<Hosting, 'status' | 'create' | 'remove'>;
  /** Registers the variants with scaling, or deregisters them; does nothing without scaling. */
  readonly scale: (action: 'apply' | 'withdraw') => Promise<void>;
  /** Waits one poll. @throws Error when the time is used up */
  readonly pause: () => Promise<void>;
}

/**
 * Brings the endpoint into service. It completes a partial change by an earlier try or by a run.
 *
 * @param config of the champion, or of the current test; undefined where there is no model yet
 */
export async function start(
  config: string | undefined,
  { hosting, scale, pause }: StartStopDependencies,
): Promise<StartStopOutcome> {
  if (config === undefined) return { done: null, reason: 'there is no champion yet' };
  let created = false;
  for (;;) {
    const endpoint = await hosting.status();
    if (endpoint?.status === IN_SERVICE) break;
    if (endpoint && CHANGING_STATUSES.includes(endpoint.status)) {
      await pause();
      continue;
    }
    if (created || (endpoint && endpoint.status !== FAILED)) {
      throw new Error(
        `the endpoint is ${endpoint?.status ?? 'gone'} on configuration ${config}: ${endpoint?.reason ?? 'no reason given'}`,
      );
    }
    // A failed endpoint serves nothing, and can only be deleted.
    if (endpoint) await hosting.remove();
    else {
      await hosting.create(config);
      created = true;
    }
  }
  await scale('apply');
  return created
    ? { done: 'started', reason: `the endpoint serves ${config}` }
    : { done: null, reason: 'the endpoint is already in service' };
}

/** Deletes the endpoint; model and configuration are kept. */
export async function stop({ hosting, scale, pause }: StartStopDependencies): Promise<StartStopOutcome> {
  let removed = false;
  for (;;) {
    const endpoint = await hosting.status();
    if (!endpoint) break;
    if (CHANGING_STATUSES.includes(endpoint.status)) await pause();
    else if (endpoint.status === FAILED) {
      return { done: null, reason: 'the endpoint is Failed: it costs nothing, and keeps its failure reason' };
    } else {
      // Otherwise its alarms would remain without an endpoint.
      await scale('withdraw');
      await hosting.remove();
      removed = true;
    }
  }
  return removed
    ? { done: 'stopped', reason: 'the endpoint is deleted until its working hours' }
    : { done: null, reason: 'the endpoint is already stopped' };
}
