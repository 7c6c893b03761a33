import { setTimeout as sleep } from 'node:timers/promises';
import { duration } from './output';

export interface Polling {
  /** Milliseconds between two looks. */
  readonly everyMs: number;
  /** Milliseconds after which it gives up. */
  readonly limitMs: number;
}

/**
 * Polls until there is a result.
 *
 * @param what what is waited for, for the error: a clause such as `run "x" has ended`
 * @param look returns the result; undefined, null or false while there is none
 * @throws Error naming `what` after the limit
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  { everyMs, limitMs }: Polling,
): Promise<Exclude<T, undefined | null | false>> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false)
      return found as Exclude<T, undefined | null | false>;
    if (performance.now() >= deadline)
      throw new Error(`timed out after ${duration(limitMs / 1_000)}: waited until ${what}`);
    await sleep(everyMs);
  }
}
