import type { Measure } from './metrics.ts';
import type { Random } from './random.ts';

export interface BootstrapSettings {
  /** Number of resamples of the holdout, with replacement. */
  readonly resamples: number;
  /** Confidence of each bound of a difference, more than 0.5 and less than 1. */
  readonly confidence: number;
}

/** Maximum rows × resamples, so that a large holdout takes seconds; {@link FEWEST} are drawn in any case. */
const MAX_DRAWS = 40_000_000;
const FEWEST = 200;

/** Returns the number of resamples for a holdout of so many rows. */
export function affordableResamples({ resamples }: BootstrapSettings, rows: number): number {
  return Math.min(resamples, Math.max(FEWEST, Math.floor(MAX_DRAWS / rows)));
}

/** [metric][resample] */
export type Resampled = readonly Float64Array[];

/**
 * Measures every model on the same resamples of the holdout's rows (Efron's bootstrap): in one resample, a difference
 * between two models is due to the models, not to the rows that were drawn.
 *
 * Takes time in proportion to resamples × rows × classes; no row is sorted or predicted again.
 *
 * @param measures at least one, all on the same rows
 * @returns for each measure its metrics in each resample, NaN where one is undefined
 */
export function bootstrap(measures: readonly Measure[], resamples: number, random: Random): Resampled[] {
  const { rows } = measures[0]!;
  const results = measures.map((): Float64Array[] => []);
  const counts = new Uint32Array(rows);
  for (let resample = 0; resample < resamples; resample++) {
    counts.fill(0);
    for (let drawn = 0; drawn < rows; drawn++) counts[random.below(rows)]!++;
    for (const [index, measure] of measures.entries()) {
      for (const [metric, value] of measure.values(counts).entries()) {
        (results[index]![metric] ??= new Float64Array(resamples))[resample] = value;
      }
    }
  }
  return results;
}

/**
 * Returns the percentile interval that leaves out the share `tail` of the values at each end, by nearest rank.
 * Resamples in which the metric is undefined are left out; undefined if it is undefined in all.
 */
export function percentileInterval(values: Float64Array, tail: number): [number, number] | undefined {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  if (sorted.length === 0) return undefined;
  const beyond = Math.round(tail * (sorted.length - 1));
  return [sorted[beyond]!, sorted[sorted.length - 1 - beyond]!];
}
