import type { Direction } from './metrics';
import type { Decision, Interval } from './run';

/** What a candidate has to reach on the holdout. */
export interface GateSettings {
  /** All of them are required. */
  readonly metrics: readonly GateMetric[];
  /** With which "not worse than the champion beyond the tolerance" has to hold, one-sided. */
  readonly confidence: number;
  /** Resamples of the bootstrap that answers it. */
  readonly resamples: number;
  /** How far the training job's own accuracy may lie from the evaluation's. */
  readonly trainingTolerance: number;
}

export interface GateMetric {
  /** As the evaluation calls it, e.g. `accuracy` or `recall:malignant`. */
  readonly name: string;
  /** The metric's own, for the reader. */
  readonly direction?: Direction;
  /** Least value, or the greatest one where lower is better. */
  readonly threshold: number;
  /** How much worse than the champion's the value may be, in the metric's unit. */
  readonly tolerance: number;
}

/** What the gate found on one required metric. Numbers are null where the evaluation has none. */
export interface Verdict {
  readonly name: string;
  readonly direction: Direction;
  readonly passed: boolean;
  readonly value: number | null;
  /** 95 %. */
  readonly interval: Interval | null;
  readonly threshold: number;
  /** Null where there is no champion, or none that can be compared. */
  readonly champion: {
    readonly value: number | null;
    /** Candidate − champion on the same rows. */
    readonly difference: number | null;
    /** Each bound of the difference holds at the gate's confidence. */
    readonly interval: Interval | null;
    readonly tolerance: number;
  } | null;
}

/** `decision.json`. */
export interface GateDecision extends Decision {
  readonly verdicts: readonly Verdict[];
}
