import { setTimeout as sleep } from 'node:timers/promises';

/** Far above what a busy machine takes, and below Jest's limit of a test, which does not say what was waited for. */
const DEADLINE_SECONDS = 120;
const LOOK_EVERY_MS = 50;

/**
 * Waits until a condition holds.
 *
 * @param what what is waited for, for the error: a clause such as `the endpoint is InService`
 * @param look returns what was found; undefined, null or false while there is nothing yet
 * @throws Error naming `what` after the deadline
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  { seconds = DEADLINE_SECONDS, everyMs = LOOK_EVERY_MS } = {},
): Promise<Exclude<T, undefined | null | false>> {
  const deadline = performance.now() + seconds * 1_000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false)
      return found as Exclude<T, undefined | null | false>;
    if (performance.now() > deadline) throw new Error(`waited ${seconds} s until ${what}`);
    await sleep(everyMs);
  }
}
