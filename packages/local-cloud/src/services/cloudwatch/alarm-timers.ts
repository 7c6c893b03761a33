import type { Clock } from '../../core/clock';

/**
 * Evaluates alarms each minute, and every ten seconds if the period is shorter than a minute (User Guide, "Alarm
 * evaluation"), aligned to the clock's minutes.
 */
export class AlarmTimers {
  private readonly running = new Map<string, AbortController>();

  constructor(
    private readonly clock: Clock,
    private readonly tick: (alarmName: string) => void,
  ) {}

  /** @param period seconds. @returns milliseconds between two evaluations */
  static stepMs(period: number): number {
    return period < 60 ? 10_000 : 60_000;
  }

  /** Starts to evaluate an alarm; a second call changes the interval. */
  set(alarmName: string, period: number): void {
    this.remove(alarmName);
    const controller = new AbortController();
    this.running.set(alarmName, controller);
    void this.run(alarmName, AlarmTimers.stepMs(period), controller.signal);
  }

  remove(alarmName: string): void {
    this.running.get(alarmName)?.abort();
    this.running.delete(alarmName);
  }

  stop(): void {
    for (const name of [...this.running.keys()]) this.remove(name);
  }

  private async run(alarmName: string, stepMs: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        await this.clock.sleep(stepMs - (this.clock.now() % stepMs), signal);
      } catch (error) {
        if (signal.aborted) return;
        throw error;
      }
      if (signal.aborted) return;
      this.tick(alarmName);
    }
  }
}
