/** A token bucket's size and the tokens that it gains each second. */
export interface Rate {
  burstLimit?: number;
  rateLimit?: number;
}

/** An account's default quota, the limit unless another rate is set. */
export const ACCOUNT_RATE = { burstLimit: 5000, rateLimit: 10_000 } as const satisfies Rate;

/** Token buckets by name; each begins full. */
export class TokenBuckets {
  private readonly buckets = new Map<string, { tokens: number; at: number }>();

  /** Takes a token; returns false if there is none. @param now milliseconds */
  take(name: string, rate: Rate, now: number): boolean {
    const { burstLimit = ACCOUNT_RATE.burstLimit, rateLimit = ACCOUNT_RATE.rateLimit } = rate;
    const { tokens: before, at } = this.buckets.get(name) ?? { tokens: burstLimit, at: now };
    const tokens = Math.min(burstLimit, before + (Math.max(0, now - at) / 1000) * rateLimit);
    const granted = tokens >= 1;
    this.buckets.set(name, { tokens: granted ? tokens - 1 : tokens, at: now });
    return granted;
  }
}
