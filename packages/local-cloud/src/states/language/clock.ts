export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Waits for the given milliseconds; rejects with the signal's reason as soon as it is aborted.
   *
   * @param use `limit` for the time limit of a state or an execution. A clock that shortens waits does not shorten
   * limits, since the work itself is not faster.
   */
  sleep(milliseconds: number, signal: AbortSignal, use?: 'limit'): Promise<void>;
}

/** Node fires a timer with a longer delay at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(milliseconds, signal) {
    const end = performance.now() + milliseconds;
    for (let left = milliseconds; left > 0; left = end - performance.now()) {
      await timer(Math.min(left, LONGEST_TIMER_MS), signal);
    }
    signal.throwIfAborted();
  },
};

function timer(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const abort = () => {
      clearTimeout(handle);
      reject(signal.reason);
    };
    const handle = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', abort, { once: true });
  });
}

interface Sleeper {
  readonly wakeAt: number;
  readonly wake: () => void;
}

/**
 * A clock that advances only when no other work is left: once all promises have settled, it jumps to the next sleeper's
 * time. An hour of waiting takes no time, and events keep the order of their times. The clock does not know of I/O in
 * progress: use it only if tasks are answered by promises alone.
 */
export class VirtualClock implements Clock {
  private readonly sleepers: Sleeper[] = [];
  private scheduled = false;

  /** @param time start, in milliseconds since the epoch */
  constructor(private time = 0) {}

  now(): number {
    return this.time;
  }

  sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const abort = () => {
        this.sleepers.splice(this.sleepers.indexOf(sleeper), 1);
        reject(signal.reason);
      };
      const sleeper: Sleeper = {
        wakeAt: this.time + milliseconds,
        wake: () => {
          signal.removeEventListener('abort', abort);
          resolve();
        },
      };
      signal.addEventListener('abort', abort, { once: true });
      this.sleepers.push(sleeper);
      this.scheduleAdvance();
    });
  }

  private scheduleAdvance(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    // setImmediate runs after every pending promise callback: all work of this time is finished.
    setImmediate(() => {
      this.scheduled = false;
      const [next] = this.sleepers.sort((a, b) => a.wakeAt - b.wakeAt);
      if (!next) return;
      this.sleepers.shift();
      this.time = Math.max(this.time, next.wakeAt);
      next.wake();
      if (this.sleepers.length > 0) this.scheduleAdvance();
    });
  }
}
