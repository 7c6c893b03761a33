import type { Direction } from './metrics';
import type { Decision, Interval } from './run';

/** Requirements for a candidate on the holdout. */
export interface GateSettings {
  /** Required metrics; all must pass. Null: {@link GateSettings.byData}. */
  readonly metrics: readonly GateMetric[] | null;
  /** Requirement where `metrics` is null, by the data. */
  readonly byData: GateByData | null;
  /** Confidence of "better than the naive answer" and "not worse than the champion beyond the tolerance", one-sided. */
  readonly confidence: number;
  /** Resamples of the bootstrap that answers both. */
  readonly resamples: number;
  /**
   * Allowed difference between the training job's own metric and the serving code's on the same rows: absolute, or
   * relative to the greater one, by metric.
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
  /** Name in the evaluation, e.g. `f1` or `recall:malignant`. */
  readonly name: string;
  /** The metric's own, for the reader. */
  readonly direction?: Direction;
  /** Minimum, or the maximum where lower is better. Null: any value that beats the naive answer. */
  readonly threshold: number | null;
  /** Allowed distance to the champion's value on the worse side, in the metric's unit. */
  readonly tolerance: number;
}

/** Requirement by the data of the holdout. */
export interface GateByData {
  readonly classes: GateMetric;
  readonly rareClasses: GateMetric;
  readonly numbers: GateMetric;
}

/** A class with a smaller share of the rows counts as rare: always answering the others is right for 90 % of them. */
const RARE_SHARE = 0.1;
/** Part of an even share below which a class is rare: with many classes each has a small share. */
const PART_OF_EVEN_SHARE = 0.5;

/**
 * Returns the requirement for the data.
 *
 * @param shares of the classes among the rows; null where the label is a number
 */
export function requirementFor(
  { classes, rareClasses, numbers }: GateByData,
  shares: Readonly<Record<string, number>> | null,
): {
  readonly metric: GateMetric;
  /** Reason for the requirement of rare classes, a sentence without a full stop. */
  readonly because?: string;
} {
  if (shares === null) return { metric: numbers };
  const rarest = Object.entries(shares).sort(([, a], [, b]) => a - b)[0];
  const limit = Math.min(RARE_SHARE, PART_OF_EVEN_SHARE / Object.keys(shares).length);
  if (!rarest || rarest[1] >= limit) return { metric: classes };
  return {
    metric: rareClasses,
    because:
      `class ${JSON.stringify(rarest[0])} has ${rarest[1] === 0 ? 'no row' : `${(rarest[1] * 100).toPrecision(2)} % of the rows`} ` +
      `of the holdout, so the default gate asks for ${rareClasses.name} and not for ${classes.name}`,
  };
}

/** Returns the line under a rejection that names the gate's location. */
export function whereTheGateIs(model: string): string {
  return `The gate is set in the configuration of model "${model}", gate.metrics.`;
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
  /** Warnings on the champion that the candidate was judged against. */
  readonly warnings?: readonly string[];
}
