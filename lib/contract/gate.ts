import type { Direction } from './metrics';
import type { Decision, Interval } from './run';

/** Requirements for a candidate on the holdout. */
export interface GateSettings {
  /** Required metrics; all must pass. Null: {@link defaultMetrics}. */
  readonly metrics: readonly GateMetric[] | null;
  /** Confidence of "better than the naive answer" and "not worse than the champion beyond the tolerance", one-sided. */
  readonly confidence: number;
  /** Resamples of the bootstrap that answers both. */
  readonly resamples: number;
  /**
   * Allowed difference between the training job's own metric and the serving code's on the same rows: absolute for
   * accuracies, relative to the greater one for errors.
   */
  readonly trainingTolerance: number;
  readonly whenIncomparable: WhenIncomparable;
}

/**
 * Treatments of a candidate whose champion cannot be measured on the same rows: a person decides, it is rejected, or it
 * is deployed if it reaches the thresholds.
 */
export const WHEN_INCOMPARABLE = ['approval', 'reject', 'threshold'] as const;
export type WhenIncomparable = (typeof WHEN_INCOMPARABLE)[number];

export interface GateMetric {
  /** Name in the evaluation, e.g. `accuracy` or `recall:malignant`. */
  readonly name: string;
  /** The metric's own, for the reader. */
  readonly direction?: Direction;
  /** Minimum, or the maximum where lower is better. Null: any value that beats the naive answer. */
  readonly threshold: number | null;
  /** Allowed distance to the champion's value on the worse side, in the metric's unit. */
  readonly tolerance: number;
}

/** A class with a smaller share of the rows makes accuracy a poor measure: always answering the others reaches 90 %. */
const RARE_SHARE = 0.1;
/** Part of an even share below which a class is rare: with many classes each has a small share. */
const PART_OF_EVEN_SHARE = 0.5;

const DEFAULT_ACCURACY: GateMetric = { name: 'accuracy', threshold: 0.85, tolerance: 0.03 };
/** No threshold suits every table with a rare class, or every numeric label. */
const DEFAULT_FOR_RARE: GateMetric = { name: 'averagePrecision', threshold: null, tolerance: 0.05 };
const DEFAULT_FOR_NUMBERS: GateMetric = { name: 'r2', threshold: null, tolerance: 0.03 };

/**
 * Returns the required metrics where the configuration names none.
 *
 * @param shares of the classes among the rows; null where the label is a number
 */
export function defaultMetrics(shares: Readonly<Record<string, number>> | null): {
  readonly metrics: readonly [GateMetric];
  /** Reason for not using accuracy, a sentence without a full stop. */
  readonly because?: string;
} {
  if (shares === null) return { metrics: [DEFAULT_FOR_NUMBERS] };
  const rarest = Object.entries(shares).sort(([, a], [, b]) => a - b)[0];
  const limit = Math.min(RARE_SHARE, PART_OF_EVEN_SHARE / Object.keys(shares).length);
  if (!rarest || rarest[1] >= limit) return { metrics: [DEFAULT_ACCURACY] };
  return {
    metrics: [DEFAULT_FOR_RARE],
    because:
      `class ${JSON.stringify(rarest[0])} has ${rarest[1] === 0 ? 'no row' : `${(rarest[1] * 100).toPrecision(2)} % of the rows`} ` +
      `of the holdout, so the default gate asks for ${DEFAULT_FOR_RARE.name} and not for accuracy`,
  };
}

/** Returns the line under a rejection that names the gate's location. */
export function whereTheGateIs(environment: string): string {
  return `The gate is set in lib/config/${environment}.ts (or what it takes over), gate.metrics.`;
}

/** The gate's finding on one required metric. Numbers are null where the evaluation has none. */
export interface Verdict {
  readonly name: string;
  readonly direction: Direction;
  readonly passed: boolean;
  readonly value: number | null;
  /** 95 %. */
  readonly interval: Interval | null;
  readonly threshold: number | null;
  /** Null where the metric has no naive answer. */
  readonly naive: Comparison | null;
  /** Null where there is no champion, or it cannot be compared. */
  readonly champion: (Comparison & { readonly tolerance: number }) | null;
}

/** The candidate compared with another answer to the same rows. */
export interface Comparison {
  readonly value: number | null;
  /** Candidate − the other one. */
  readonly difference: number | null;
  /** Each bound of the difference holds at the gate's confidence. */
  readonly interval: Interval | null;
}

/** `decision.json`. */
export interface GateDecision extends Decision {
  readonly verdicts: readonly Verdict[];
}
