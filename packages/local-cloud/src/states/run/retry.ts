import type { Retrier } from '../language/definition';
import { matchesError, type StatesError } from '../language/errors';
import type { Random } from '../language/random';

/** The retries of one state visit. Each retrier has its own count, as the States Language says. */
export class Retries {
  private readonly used: number[];

  constructor(
    private readonly retriers: readonly Retrier[],
    private readonly random: Random,
  ) {
    this.used = retriers.map(() => 0);
  }

  /**
   * Returns the milliseconds to wait before the next attempt, or undefined if there is none. The first retrier that
   * matches decides: it waits `IntervalSeconds × BackoffRate^retries`, at most `MaxDelaySeconds`, or with jitter FULL a
   * random part of that.
   */
  next(failure: StatesError): number | undefined {
    const i = this.retriers.findIndex(({ ErrorEquals }) => matchesError(failure, ErrorEquals, 'Retry'));
    const retrier = this.retriers[i];
    if (!retrier) return undefined;
    const { IntervalSeconds = 1, MaxAttempts = 3, BackoffRate = 2, MaxDelaySeconds = Infinity } = retrier;
    const used = this.used[i]!++;
    if (used >= MaxAttempts) return undefined;
    const delay = Math.min(IntervalSeconds * BackoffRate ** used, MaxDelaySeconds) * 1000;
    return retrier.JitterStrategy === 'FULL' ? delay * this.random() : delay;
  }
}
