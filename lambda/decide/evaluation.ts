import type { Interval } from '../../lib/contract/run';

/** `evaluation.json`, as the inference image's `evaluate` writes it. */
export interface Evaluation {
  readonly holdout: { readonly rows: number; readonly sha256: string };
  /** How the differences were resampled. */
  readonly bootstrap: { readonly resamples: number; readonly confidence: number };
  readonly candidate: ModelScores;
  /** A champion over other features or classes cannot be scored on this holdout. */
  readonly champion: ModelScores | { readonly version: string; readonly incomparable: string } | null;
  /** Candidate − champion, each bound of an interval at the bootstrap's confidence. */
  readonly differences: Estimates | null;
}

export interface ModelScores {
  readonly version: string;
  /** Intervals at 95 %. */
  readonly metrics: Estimates;
}

/** By metric, e.g. `accuracy`, `logLoss`, `recall:<class>`. */
export type Estimates = Readonly<Record<string, Estimate>>;

/** Null where a metric is not defined, as the recall of a class without rows. */
export interface Estimate {
  readonly value: number | null;
  readonly interval: Interval | null;
}

/** The champion's scores if it could be compared. */
export function comparableChampion({ champion }: Evaluation): ModelScores | null {
  return champion && !('incomparable' in champion) ? champion : null;
}

/** The metric's value, null if it is missing or no finite number. */
export function finiteValue(estimates: Estimates | null | undefined, name: string): number | null {
  const value = estimates?.[name]?.value;
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** The metric's interval, null if it is missing or not finite. */
export function finiteInterval(estimates: Estimates | null | undefined, name: string): Interval | null {
  const interval = estimates?.[name]?.interval;
  return interval?.every(Number.isFinite) ? interval : null;
}
