import { showNumber } from './metric-text';

/** Differences between a shadow's answers and the champion's to the same requests; `comparison.json`. */
export interface ShadowComparison {
  readonly champion: string;
  readonly challenger: string;
  /** Kind of the models' answers. */
  readonly answers: 'classes' | 'numbers';
  /** Requests that both answered, and the rows in them. */
  readonly requests: number;
  readonly rows: number;
  /** Requests that the champion answered and the shadow did not. */
  readonly unanswered: number;
  /** Requests that the shadow answered with an error. */
  readonly errors: number;
  /** Share of rows with the same label, or with the same number to 1 %; null without rows. */
  readonly agreement: number | null;
  /** Mean and greatest difference of a probability, over rows and classes, or of the numbers; null without rows. */
  readonly difference: { readonly mean: number; readonly max: number } | null;
  /** Rows by the champion's label and the shadow's; empty for numbers. */
  readonly labels: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Some requests with different answers, by their id. */
  readonly examples: readonly {
    readonly inferenceId: string;
    readonly row: number;
    readonly champion: string;
    readonly challenger: string;
  }[];
}

/** The part that passes through the state machine, whose payloads are limited. */
export type ComparisonSummary = Omit<ShadowComparison, 'labels' | 'examples'>;

/** Returns sentences for record and mail. */
export function describeComparison(comparison: ComparisonSummary | { readonly failure: string }): string {
  if ('failure' in comparison) return `The answers could not be compared: ${comparison.failure}`;
  const { requests, rows, unanswered, errors, agreement, difference } = comparison;
  if (agreement === null || difference === null) {
    return `No request was answered by both models while they were observed (${unanswered} by the champion alone).`;
  }
  const classes = comparison.answers === 'classes';
  const percent = (100 * agreement).toFixed(2);
  return (
    `Of ${rows} rows in ${requests} requests that both models answered, ${percent} % got the same ${classes ? 'label' : 'number to 1 %'}; ` +
    `${classes ? 'probabilities' : 'numbers'} differ by ${showNumber(difference.mean)} on average, ${showNumber(difference.max)} at most; ` +
    `the shadow failed ${errors} requests and left ${unanswered} without an answer.`
  );
}
