import type { Clock } from '../../core/clock';

/** SageMaker does not say how long it waits before it starts a container again. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/** A container that ran for this long starts afresh: its next end counts as the first. */
const STEADY_AFTER_MS = 60_000;

/** What can end, and be there once more. */
export interface Restartable {
  /** Resolves when it has ended, whoever ended it. */
  readonly exited: Promise<unknown>;
}

export interface RestartOptions<T extends Restartable> {
  clock: Clock;
  /** Whether it is still wanted: what was stopped on purpose stays so. */
  wanted: (ended: T) => boolean;
  /** Starts another one, and resolves when that is ready. */
  start: () => Promise<T>;
  /** Puts the new one in the place of the one that ended. */
  replace: (ended: T, next: T) => void;
  /** Gives up for good. */
  signal: AbortSignal;
}

/**
 * Starts what ends again, for as long as it is wanted: after a second, then after twice as long each time, up to a
 * minute. Resolves when it is wanted no more.
 */
export async function keepRunning<T extends Restartable>(
  first: T,
  options: RestartOptions<T>,
): Promise<void> {
  const { clock, wanted, start, replace, signal } = options;
  let current = first;
  let failures = 0;
  for (;;) {
    const began = clock.now();
    await current.exited;
    if (clock.now() - began >= STEADY_AFTER_MS) failures = 0;
    let next: T | undefined;
    while (!next) {
      if (!wanted(current) || signal.aborted) return;
      const wait = Math.min(FIRST_WAIT_MS * 2 ** failures++, LONGEST_WAIT_MS);
      try {
        await clock.sleep(wait, signal);
        if (!wanted(current)) return;
        next = await start();
      } catch {
        // Its log says why it does not start; the next try comes later.
      }
    }
    replace(current, next);
    current = next;
  }
}
