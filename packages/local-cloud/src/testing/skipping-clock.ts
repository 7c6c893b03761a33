import { systemClock, type Clock } from '../core/clock';

/** The system's clock, which a test can set forward: sleeps that end in the skipped time end at once. */
export class SkippingClock implements Clock {
  private readonly sleepers = new Set<() => void>();

  /**
   * @param ahead milliseconds ahead of the system's time
   */
  constructor(private ahead: number) {}

  now(): number {
    return systemClock.now() + this.ahead;
  }

  skip(seconds: number): void {
    this.ahead += seconds * 1000;
    for (const look of [...this.sleepers]) look();
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const wakeAt = this.now() + ms;
    while (this.now() < wakeAt) {
      const skipped = new AbortController();
      const look = () => skipped.abort();
      this.sleepers.add(look);
      const signals = signal ? [signal, skipped.signal] : [skipped.signal];
      try {
        await systemClock.sleep(Math.min(wakeAt - this.now(), 2 ** 31 - 1), AbortSignal.any(signals));
      } catch (error) {
        if (signal?.aborted) throw error;
      } finally {
        this.sleepers.delete(look);
      }
    }
  }
}
