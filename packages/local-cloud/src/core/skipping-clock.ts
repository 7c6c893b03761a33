import { systemClock, type Clock } from './clock';

/** A clock that can be set forward: sleeps that end in the skipped time end at once. */
export class SkippingClock implements Clock {
  private readonly sleepers = new Set<() => void>();

  /**
   * @param ahead milliseconds ahead of the base
   * @param base default: the system's clock
   */
  constructor(
    private ahead: number,
    private readonly base: Clock = systemClock,
  ) {}

  now(): number {
    return this.base.now() + this.ahead;
  }

  skip(seconds: number): void {
    this.ahead += seconds * 1000;
    for (const look of [...this.sleepers]) look();
  }

  /** @param more further parameters of the base's sleep */
  async sleep(ms: number, signal?: AbortSignal, ...more: unknown[]): Promise<void> {
    const sleep = this.base.sleep.bind(this.base) as (...args: unknown[]) => Promise<void>;
    const wakeAt = this.ahead + ms;
    for (let slept = 0, first = true; ; first = false) {
      const skipped = new AbortController();
      const look = () => skipped.abort();
      this.sleepers.add(look);
      const began = this.base.now();
      const left = wakeAt - this.ahead - slept;
      if (left <= 0 && !first) return void this.sleepers.delete(look);
      const part = Math.min(Math.max(left, 0), 2 ** 31 - 1);
      const signals = signal ? [signal, skipped.signal] : [skipped.signal];
      try {
        await sleep(part, AbortSignal.any(signals), ...more);
        slept += part;
      } catch (error) {
        if (signal?.aborted) throw error;
        slept += this.base.now() - began;
      } finally {
        this.sleepers.delete(look);
      }
    }
  }
}
