/** Measures one model's answers to the holdout, on all of its rows or on a resample of them. */
export interface Measure {
  readonly rows: number;
  /** Names of the metrics, in the order of {@link values}. */
  readonly names: readonly string[];
  /**
   * Returns the metrics' values, NaN where one is undefined.
   *
   * @param counts number of times that each row occurs, [rows]; not all 0
   */
  values(counts: Uint32Array): number[];
  /** Numerator and denominator of the metrics that are a share of the holdout's rows. */
  readonly shares: ReadonlyMap<string, readonly [successes: number, trials: number]>;
}

/** 97.5 % quantile of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * Returns the interval at 95 %. Unlike the normal approximation, it stays inside [0, 1] and holds for few rows and for
 * shares near 1.
 */
export function wilsonInterval(successes: number, trials: number): [number, number] {
  const share = successes / trials;
  const scale = 1 + Z ** 2 / trials;
  const centre = (share + Z ** 2 / (2 * trials)) / scale;
  const half = (Z / scale) * Math.sqrt((share * (1 - share)) / trials + Z ** 2 / (4 * trials ** 2));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/** Returns the mean of the values that are defined; NaN without any. */
export function meanOfDefined(values: readonly number[]): number {
  const defined = values.filter((value) => !Number.isNaN(value));
  return sum(defined) / defined.length;
}

export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
