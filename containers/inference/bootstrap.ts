import type { Scorer } from './metrics.ts';
import type { Random } from './random.ts';

export interface BootstrapSettings {
  /** How often the holdout is resampled, with replacement. */
  readonly resamples: number;
  /** With which each bound of a difference holds, more than 0.5 and less than 1. */
  readonly confidence: number;
}

/** Rows × resamples that are drawn at most, so that a large holdout takes seconds; {@link FEWEST} are drawn anyway. */
const MAX_DRAWS = 40_000_000;
const FEWEST = 200;

/** Returns how often a holdout of so many rows is resampled. */
export function affordableResamples({ resamples }: BootstrapSettings, rows: number): number {
  return Math.min(resamples, Math.max(FEWEST, Math.floor(MAX_DRAWS / rows)));
}

/** [metric][resample] */
export type Resampled = readonly Float64Array[];

/**
 * Measures every model on the same resamples of the holdout's rows (Efron's bootstrap): what differs between two of
 * its models in one resample is due to the models, not to the rows that happened to be drawn.
 *
 * Takes time in proportion to resamples × rows × classes; no row is sorted or predicted anew.
 *
 * @param scorers at least one, all on the same rows
 * @returns for each scorer its metrics in each resample, NaN where one is not defined there
 */
export function bootstrap(scorers: readonly Scorer[], resamples: number, random: Random): Resampled[] {
  const { rows } = scorers[0]!;
  const results = scorers.map((): Float64Array[] => []);
  const counts = new Uint32Array(rows);
  for (let resample = 0; resample < resamples; resample++) {
    counts.fill(0);
    for (let drawn = 0; drawn < rows; drawn++) counts[random.below(rows)]!++;
    for (const [index, scorer] of scorers.entries()) {
      for (const [metric, value] of scorer.values(counts).entries()) {
        (results[index]![metric] ??= new Float64Array(resamples))[resample] = value;
      }
    }
  }
  return results;
}

/**
 * The percentile interval that leaves the share `tail` of the values out at each end, by nearest rank. Resamples in
 * which the metric is not defined are left out; undefined where it is defined in none.
 */
export function percentileInterval(values: Float64Array, tail: number): [number, number] | undefined {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  if (sorted.length === 0) return undefined;
  const beyond = Math.round(tail * (sorted.length - 1));
  return [sorted[beyond]!, sorted[sorted.length - 1 - beyond]!];
}
