import type { Clock } from '../../core/clock';

/** Delays before restarts. SageMaker does not document its own. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/** Milliseconds after which a container counts as healthy: its next end restarts the sequence of delays. */
const STEADY_AFTER_MS = 60_000;

/** A thing that can end and be restarted. */
export interface Restartable {
  /** Resolves when it has ended for any reason. */
  readonly exited: Promise<unknown>;
}

export interface RestartOptions<T extends Restartable> {
  clock: Clock;
  /** False once it was stopped on purpose; then it is not restarted. */
  wanted: (ended: T) => boolean;
  /** Starts a replacement, and resolves when it is ready. */
  start: () => Promise<T>;
  /** Installs the replacement. */
  replace: (ended: T, next: T) => void;
  /** Stops permanently. */
  signal: AbortSignal;
}

/**
 * Restarts what ends, as long as it is wanted: after one second, then after twice as long each time, up to a minute.
 * Resolves when it is no longer wanted.
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
        // Its log has the reason; the next attempt follows later.
      }
    }
    replace(current, next);
    current = next;
  }
}
