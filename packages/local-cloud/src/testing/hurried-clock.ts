import { systemClock } from '../core/clock';
import type { Clock } from '../states';

/** Node fires a timer with a longer delay at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Returns a clock for executions: waits and retries take a fraction of their time. Time limits take all of theirs: they
 * limit work of this machine, at its own speed.
 */
export const hurriedClock = (speed: number): Clock => ({
  now: () => systemClock.now(),
  sleep: (ms, signal, use) =>
    systemClock.sleep(Math.min(use === 'limit' ? ms : ms / speed, LONGEST_TIMER_MS), signal),
});

/** Returns a clock for a whole cloud that runs faster: alarms have one value a minute, and scaling needs many. */
export function fastClock(speed: number): Clock {
  const began = Date.now();
  return { ...hurriedClock(speed), now: () => began + (Date.now() - began) * speed };
}
