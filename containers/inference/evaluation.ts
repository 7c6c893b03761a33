import type { BootstrapSettings } from './bootstrap.ts';
import type { Estimates } from './comparison.ts';

/** Contents of evaluation.json. */
export interface Evaluation {
  readonly formatVersion: 2;
  readonly task: 'classification' | 'regression';
  readonly holdout: {
    readonly rows: number;
    /** Digest of its files; the seed of the bootstrap, so that the same holdout always gives the same resamples. */
    readonly sha256: string;
  };
  readonly bootstrap: BootstrapSettings & {
    /** Resamples that were drawn: fewer than requested for a large holdout. */
    readonly drawn: number;
  };
  /** The answer that a model must beat: a predictor that uses no feature. */
  readonly naive: NaiveMetrics;
  readonly candidate: VersionedMetrics;
  /** Null without a champion; without metrics if it cannot be measured on the same rows. */
  readonly champion: VersionedMetrics | Incomparable | null;
  /** Candidate − champion, metric by metric; null where the champion has no metrics. */
  readonly differences: Estimates | null;
  /** Candidate − naive predictor. */
  readonly advantages: Estimates;
  /** Metrics of the validation split by the serving code, for comparison with training's own. */
  readonly agreement: {
    readonly rows: number;
    /** `accuracy` or `rmse`. */
    readonly metrics: Readonly<Record<string, number | null>>;
  };
  /** The positive class of average precision, with two classes: the rarer one of the training rows. */
  readonly positive?: string | null;
  /** Rows of the holdout by class. */
  readonly labels?: Readonly<Record<string, number>>;
}

export interface NaiveMetrics {
  readonly answer: string | number;
  /** One sentence. */
  readonly description: string;
  readonly metrics: Estimates;
}

export interface VersionedMetrics {
  readonly version: string;
  readonly metrics: Estimates;
  /** Only for classes. */
  readonly confusion?: {
    readonly classes: readonly string[];
    /** [true class][predicted class] in rows. */
    readonly counts: readonly (readonly number[])[];
  };
}

export interface Incomparable {
  readonly version: string;
  readonly incomparable: string;
}
