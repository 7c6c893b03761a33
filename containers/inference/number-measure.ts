import type { Measure } from './metrics.ts';

/** Names of regression's metrics. */
export const NUMBER_METRICS = ['rmse', 'mae', 'r2', 'mape'] as const;

/**
 * Measures a regression.
 *
 * - rmse, mae: in the label's unit
 * - r2: 1 − squared errors ÷ squared distances from the rows' own mean; undefined where all labels are equal
 * - mape: mean of |error| ÷ |label|; undefined where a label of the holdout is 0
 *
 * All are undefined if an answer is not a finite number.
 */
export class NumberMeasure implements Measure {
  readonly rows: number;
  readonly names = NUMBER_METRICS;
  readonly shares = new Map<string, readonly [number, number]>();
  /** Labels minus their mean: their squares keep all digits if the labels are far from zero. */
  readonly #centred: Float64Array;
  readonly #squares: Float64Array;
  readonly #errors: Float64Array;
  /** NaN for each row where a label is 0. */
  readonly #relative: Float64Array;

  /**
   * Creates the measure.
   *
   * @param labels [rows]; at least one row
   * @param answers [rows]
   * @param absoluteAnswers answers for mae and mape, [rows]; the naive answer to them is another one
   */
  constructor(
    labels: Float64Array,
    answers: ArrayLike<number>,
    absoluteAnswers: ArrayLike<number> = answers,
  ) {
    this.rows = labels.length;
    const mean = labels.reduce((total, label) => total + label / labels.length, 0);
    const hasZero = labels.includes(0);
    this.#centred = labels.map((label) => label - mean);
    this.#squares = labels.map((label, row) => (answers[row]! - label) ** 2);
    this.#errors = labels.map((label, row) => Math.abs(absoluteAnswers[row]! - label));
    this.#relative = labels.map((label, row) =>
      hasZero ? Number.NaN : this.#errors[row]! / Math.abs(label),
    );
  }

  values(counts: Uint32Array): number[] {
    let [rows, squares, errors, relative, centred, variation] = [0, 0, 0, 0, 0, 0];
    for (let row = 0; row < counts.length; row++) {
      const count = counts[row]!;
      const label = this.#centred[row]!;
      rows += count;
      squares += count * this.#squares[row]!;
      errors += count * this.#errors[row]!;
      relative += count * this.#relative[row]!;
      centred += count * label;
      variation += count * label * label;
    }
    if (!Number.isFinite(squares)) return this.names.map(() => Number.NaN);
    const total = variation - (centred * centred) / rows;
    const r2 = total > variation * Number.EPSILON ? 1 - squares / total : Number.NaN;
    return [Math.sqrt(squares / rows), errors / rows, r2, relative / rows];
  }
}
