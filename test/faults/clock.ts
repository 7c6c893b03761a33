import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from 'local-cloud';

/** Real milliseconds of a wait, at most: an endpoint needs some to start. */
const LONGEST_MS = 8;

/** A fraction of a wait that passes in real time. */
const FRACTION = 1 / 1_000;

interface Limit {
  readonly milliseconds: number;
  readonly end: () => void;
}

/**
 * The clock of executions: waits and retries take a moment, and a time limit ends only when a test says so, since the
 * work that it limits takes a moment too.
 */
export class RunClock implements Clock {
  private skipped = 0;
  private readonly limits: Limit[] = [];

  now(): number {
    return Date.now() + this.skipped;
  }

  async sleep(milliseconds: number, signal?: AbortSignal, use?: 'limit'): Promise<void> {
    if (use === 'limit') return this.limit(milliseconds, signal);
    const real = Math.min(milliseconds * FRACTION, LONGEST_MS);
    await delay(real, undefined, { signal });
    this.skipped += milliseconds - real;
  }

  /** Ends the newest time limit of this length. @returns false if there is none */
  expire(seconds: number): boolean {
    const found = this.limits.findLast(({ milliseconds }) => milliseconds === seconds * 1_000);
    found?.end();
    return found !== undefined;
  }

  private limit(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => void this.limits.splice(this.limits.indexOf(limit), 1);
      const limit: Limit = { milliseconds, end: () => (leave(), resolve()) };
      signal?.addEventListener('abort', () => (leave(), reject(signal.reason as Error)), { once: true });
      this.limits.push(limit);
    });
  }
}
