import type { BootstrapSettings } from './bootstrap.ts';
import type { Estimates } from './scores.ts';

/** evaluation.json. */
export interface Evaluation {
  readonly formatVersion: 2;
  readonly task: 'classification' | 'regression';
  readonly holdout: {
    readonly rows: number;
    /** Of its files; the seed of the bootstrap, so that the same holdout is always resampled alike. */
    readonly sha256: string;
  };
  readonly bootstrap: BootstrapSettings & {
    /** Resamples that were drawn: of a large holdout fewer than were asked for. */
    readonly drawn: number;
  };
  /** What a model has to beat: a predictor that looks at no feature. */
  readonly naive: NaiveScores;
  readonly candidate: VersionedScores;
  /** Null if there is none; without scores if the two cannot be measured on the same rows. */
  readonly champion: VersionedScores | Incomparable | null;
  /** Candidate − champion, metric by metric; null where the champion has no scores. */
  readonly differences: Estimates | null;
  /** Candidate − naive predictor. */
  readonly advantages: Estimates;
  /** The validation split, scored by the serving code: to be held against training's own last metrics. */
  readonly agreement: {
    readonly rows: number;
    /** `accuracy` or `rmse`. */
    readonly metrics: Readonly<Record<string, number | null>>;
  };
  /** Of two classes the one that average precision looks for: the rarer one of the training rows. */
  readonly positive?: string | null;
  /** Rows of the holdout by class. */
  readonly labels?: Readonly<Record<string, number>>;
}

export interface NaiveScores {
  readonly answer: string | number;
  /** A sentence. */
  readonly description: string;
  readonly metrics: Estimates;
}

export interface VersionedScores {
  readonly version: string;
  readonly metrics: Estimates;
  /** Of classes. */
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
