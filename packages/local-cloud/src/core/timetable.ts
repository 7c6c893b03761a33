import type { Clock } from './clock';

/** The longest single wait: the system's timers allow at most 24 days. */
const LONGEST_WAIT_MS = 43_200_000;

/** Calls back at given times, one for each key, on the cloud's clock, which tests can replace. */
export class Timetable {
  private readonly waiting = new Map<string, AbortController>();

  /**
   * @param due receives the key and its time, which may be in the past if the clock was moved
   */
  constructor(
    private readonly clock: Clock,
    private readonly due: (key: string, time: number) => void,
  ) {}

  /** Sets the time of a key, and replaces its earlier time. @param time milliseconds since the epoch */
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
