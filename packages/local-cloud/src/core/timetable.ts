import type { Clock } from './clock';

/** Longest single wait: the system's timers know no more than 24 days. */
const LONGEST_WAIT_MS = 43_200_000;

/** Calls back at given times, one for each key, on a clock that may be a test's. */
export class Timetable {
  private readonly waiting = new Map<string, AbortController>();

  /** @param due gets the key and the time that was set, which may lie in the past when the clock was moved */
  constructor(
    private readonly clock: Clock,
    private readonly due: (key: string, time: number) => void,
  ) {}

  /** Replaces what was set under the key. @param time milliseconds since the epoch */
  set(key: string, time: number): void {
    this.remove(key);
    const controller = new AbortController();
    this.waiting.set(key, controller);
    void this.wait(key, time, controller.signal);
  }

  remove(key: string): void {
    this.waiting.get(key)?.abort();
    this.waiting.delete(key);
  }

  stop(): void {
    for (const key of [...this.waiting.keys()]) this.remove(key);
  }

  private async wait(key: string, time: number, signal: AbortSignal): Promise<void> {
    for (let left = time - this.clock.now(); left > 0; left = time - this.clock.now()) {
      try {
        await this.clock.sleep(Math.min(left, LONGEST_WAIT_MS), signal);
      } catch (error) {
        if (signal.aborted) return;
        throw error;
      }
    }
    if (signal.aborted) return;
    this.waiting.delete(key);
    this.due(key, time);
  }
}
