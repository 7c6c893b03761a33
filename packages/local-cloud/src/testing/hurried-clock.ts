import { systemClock } from '../core/clock';
import type { Clock } from '../states';

/** Node fires a timer with a longer delay at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * For executions: waits and retries take a part of their time. Time limits take all of theirs: what they limit is
 * done by this machine, at its own speed.
 */
export const hurriedClock = (speed: number): Clock => ({
  now: () => systemClock.now(),
  sleep: (ms, signal, use) =>
    systemClock.sleep(Math.min(use === 'limit' ? ms : ms / speed, LONGEST_TIMER_MS), signal),
});

/** The same for a whole cloud, whose clock runs faster: alarms have one value a minute, and scaling waits for many. */
export function fastClock(speed: number): Clock {
  const began = Date.now();
  return { ...hurriedClock(speed), now: () => began + (Date.now() - began) * speed };
}
