import type { Clock } from '../core/clock';

interface Sleeper {
  wakeAt: number;
  wake: () => void;
}

/** A clock that is stopped until a test lets time pass. */
export class ManualClock implements Clock {
  private readonly sleepers = new Set<Sleeper>();

  /** @param time milliseconds since the epoch */
  constructor(private time: number) {}

  now(): number {
    return this.time;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleeper: Sleeper = { wakeAt: this.time + ms, wake: resolve };
      this.sleepers.add(sleeper);
      signal?.addEventListener('abort', () => {
        this.sleepers.delete(sleeper);
        reject(signal.reason as Error);
      });
    });
  }

  /** Lets `seconds` pass; sleepers wake at their times, in order. */
  async pass(seconds: number): Promise<void> {
    const end = this.time + seconds * 1000;
    for (;;) {
      const next = [...this.sleepers]
        .filter(({ wakeAt }) => wakeAt <= end)
        .sort((a, b) => a.wakeAt - b.wakeAt)[0];
      if (!next) break;
      this.sleepers.delete(next);
      this.time = next.wakeAt;
      next.wake();
      // A sleeper that wakes does its work, and sleeps again.
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.time = end;
  }
}
