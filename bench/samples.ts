/** One request of the load. Times in milliseconds. */
export interface Sample {
  /** Scheduled time of the request, since the epoch. */
  readonly due: number;
  /**
   * Time from `due` to the end of the answer: a stall of client, API or model counts for every request that it delays.
   */
  readonly latency: number;
  /** Status of the answer; 0 without one. */
  readonly status: number;
  /** Version of the model that answered. */
  readonly version?: string;
}

/** Summary of a part of the load. */
export interface Summary {
  readonly requests: number;
  /** Scheduled requests per second. */
  readonly rate: number;
  /** Answers other than 200, and requests without one. */
  readonly failed: number;
  /** Failed requests by status; 0 is no answer. */
  readonly failures: Readonly<Record<number, number>>;
  /** Milliseconds; undefined where there were no requests. */
  readonly p50: number | undefined;
  readonly p99: number | undefined;
  readonly slowest: number | undefined;
  /** Answers by model version. */
  readonly versions: Readonly<Record<string, number>>;
}

/** Summarises the samples of a period. @param from since the epoch, inclusive; `to` is exclusive */
export function summarise(samples: readonly Sample[], from: number, to: number): Summary {
  const inside = samples.filter(({ due }) => due >= from && due < to);
  const latencies = inside.map(({ latency }) => latency).sort((a, b) => a - b);
  const failed = inside.filter(({ status }) => status !== 200);
  return {
    requests: inside.length,
    rate: (inside.length / (to - from)) * 1000,
    failed: failed.length,
    failures: count(failed.map(({ status }) => status)),
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    slowest: latencies.at(-1),
    versions: count(inside.flatMap(({ version }) => version ?? [])),
  };
}

function count<K extends string | number>(keys: readonly K[]): Record<K, number> {
  const counts = {} as Record<K, number>;
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}

/** Returns the percentile by nearest rank: a measured value, never an interpolated one. @param sorted ascending */
export function percentile(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}
