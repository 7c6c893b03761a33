import { likeliest } from './predictions.ts';
import { Ranking } from './ranking.ts';

/** A probability of 0 for the true class counts as this one; its logarithm would not be finite. */
const SMALLEST_PROBABILITY = 1e-15;
/** 97.5 % quantile of the standard normal distribution. */
const Z = 1.959963984540054;

/** Names of the metrics, in the order of their values: the recall of a class is `recall:<class>`. */
export function metricNames(classes: readonly string[]): string[] {
  return ['accuracy', 'f1', 'auc', 'logLoss', ...classes.map((name) => `recall:${name}`)];
}

/** Measures one model's answers to the holdout, on all of its rows or on a resample of them. */
export class Scorer {
  readonly #labels: Int32Array;
  readonly #classes: number;
  /** Index of the likeliest class, [rows]. */
  readonly #predicted: Int32Array;
  /** Negative log of the probability given to the true class, in nats, [rows]. */
  readonly #losses: Float64Array;
  readonly #rankings: readonly Ranking[];
  readonly #finite: boolean;

  /**
   * @param labels index of the true class, [rows]; at least one row
   * @param probabilities float32 [rows, classes] in row-major order
   */
  constructor(labels: Int32Array, probabilities: Float32Array, classes: number) {
    this.#labels = labels;
    this.#classes = classes;
    this.#finite = probabilities.every(Number.isFinite);
    this.#predicted = Int32Array.from(labels, (_, row) => likeliest(probabilities, row, classes));
    this.#losses = Float64Array.from(
      labels,
      (label, row) => -Math.log(Math.max(probabilities[row * classes + label]!, SMALLEST_PROBABILITY)),
    );
    // Of two classes, one's curve is the other's.
    const ranked = classes === 2 ? [1] : Array.from({ length: classes }, (_, index) => index);
    this.#rankings = ranked.map((ofClass) => new Ranking(labels, probabilities, classes, ofClass));
  }

  get rows(): number {
    return this.#labels.length;
  }

  /**
   * The values of {@link metricNames}. NaN where one is not defined: an AUC without rows of two classes, the recall
   * of a class without rows, everything if an answer holds something else than numbers.
   *
   * - f1: mean over those classes that occur, in truth or in a prediction
   * - auc: of two classes the area under the ROC curve, of more the mean of one class against the rest over those
   *   classes that occur
   *
   * @param counts how often each row is there, [rows]; not all 0
   */
  values(counts: Uint32Array): number[] {
    if (!this.#finite) return new Array<number>(4 + this.#classes).fill(Number.NaN);
    const { actual, predicted, right, rows, loss } = this.#count(counts);
    const indices = [...actual.keys()];
    const recalls = indices.map((index) => right[index]! / actual[index]!);
    const f1 = indices.map((index) => (2 * right[index]!) / (actual[index]! + predicted[index]!));
    return [
      sum(right) / rows,
      meanOfDefined(f1),
      meanOfDefined(this.#rankings.map((ranking) => ranking.area(counts))),
      loss / rows,
      ...recalls,
    ];
  }

  /** confusion[true class][predicted class] in rows. */
  confusion(): number[][] {
    const confusion = Array.from({ length: this.#classes }, () => new Array<number>(this.#classes).fill(0));
    for (const [row, label] of this.#labels.entries()) confusion[label]![this.#predicted[row]!]!++;
    return confusion;
  }

  /** Rows and right answers by class, and the sum of the losses. */
  #count(counts: Uint32Array) {
    const [actual, predicted, right] = [0, 0, 0].map(() => new Float64Array(this.#classes)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    let rows = 0;
    let loss = 0;
    for (let row = 0; row < counts.length; row++) {
      const count = counts[row]!;
      const label = this.#labels[row]!;
      const answer = this.#predicted[row]!;
      rows += count;
      loss += count * this.#losses[row]!;
      actual[label]! += count;
      predicted[answer]! += count;
      if (answer === label) right[label]! += count;
    }
    return { actual, predicted, right, rows, loss };
  }
}

/** 95 %. Unlike the normal approximation, it stays inside [0, 1] and holds for few rows and for shares near 1. */
export function wilsonInterval(successes: number, trials: number): [number, number] {
  const share = successes / trials;
  const scale = 1 + Z ** 2 / trials;
  const centre = (share + Z ** 2 / (2 * trials)) / scale;
  const half = (Z / scale) * Math.sqrt((share * (1 - share)) / trials + Z ** 2 / (4 * trials ** 2));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/** NaN without any. */
function meanOfDefined(values: readonly number[]): number {
  const defined = values.filter((value) => !Number.isNaN(value));
  return sum(defined) / defined.length;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
