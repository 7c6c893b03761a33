import type { Interval } from '../../lib/contract/run';

/** `evaluation.json`, as the inference image's `evaluate` writes it. */
export interface Evaluation {
  readonly task: 'classification' | 'regression';
  readonly holdout: { readonly rows: number; readonly sha256: string };
  /** Settings of the bootstrap for the differences. */
  readonly bootstrap: { readonly resamples: number; readonly confidence: number };
  /** The answer without a model: the most frequent class, or the mean, of the training rows. */
  readonly naive: { readonly description: string; readonly metrics: Estimates };
  readonly candidate: MeasuredModel;
  /** A champion cannot be evaluated if the holdout lacks columns that it needs. */
  readonly champion: MeasuredModel | { readonly version: string; readonly incomparable: string } | null;
  /** Candidate − champion, each bound of an interval at the bootstrap's confidence. */
  readonly differences: Estimates | null;
  /** Candidate − naive answer; intervals likewise. */
  readonly advantages: Estimates;
  /** Metrics of the candidate on the validation rows, by the serving code. */
  readonly agreement: { readonly rows: number; readonly metrics: Readonly<Record<string, number | null>> };
  /** Rows of the holdout by class; absent where the label is a number. */
  readonly labels?: Readonly<Record<string, number>>;
}

export interface MeasuredModel {
  readonly version: string;
  /** Intervals at 95 %. */
  readonly metrics: Estimates;
}

/** Estimates by metric, e.g. `logLoss`, `recall:<class>`. */
export type Estimates = Readonly<Record<string, Estimate>>;

/** A metric's value and interval. Null where the metric is undefined, such as the recall of a class without rows. */
export interface Estimate {
  readonly value: number | null;
  readonly interval: Interval | null;
}

/** Returns the champion's metrics if it could be compared. */
export function comparableChampion({ champion }: Evaluation): MeasuredModel | null {
  return champion && !('incomparable' in champion) ? champion : null;
}

/** Returns the metric's value; null if it is missing or not a finite number. */
export function finiteValue(estimates: Estimates | null | undefined, name: string): number | null {
  const value = own(estimates, name)?.value;
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** Returns the metric's interval; null if it is missing or not finite. */
export function finiteInterval(estimates: Estimates | null | undefined, name: string): Interval | null {
  const interval = own(estimates, name)?.interval;
  return interval?.every(Number.isFinite) ? interval : null;
}

function own(estimates: Estimates | null | undefined, name: string): Estimate | undefined {
  return estimates && Object.hasOwn(estimates, name) ? estimates[name] : undefined;
}

/** Returns each class's share of the holdout; null where the label is a number. */
export function classShares({ labels, holdout }: Evaluation): Record<string, number> | null {
  if (!labels) return null;
  return Object.fromEntries(Object.entries(labels).map(([name, rows]) => [name, rows / holdout.rows]));
}
