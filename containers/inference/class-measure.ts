import { meanOfDefined, sum, type Measure } from './metrics.ts';
import { likeliest } from './predictions.ts';
import { Ranking } from './ranking.ts';

/** Replaces a probability of 0 for the true class; its logarithm would not be finite. */
const SMALLEST_PROBABILITY = 1e-15;
/** Maximum rows × classes that are sorted for AUC and average precision, 4 bytes each. */
const MAX_RANKED = 40_000_000;

const OF_ALL_CLASSES = ['accuracy', 'balancedAccuracy', 'f1', 'auc', 'averagePrecision', 'logLoss', 'brier'];

/** Returns the names of the metrics: the recall of a class is `recall:<class>`. */
export function classMetricNames(classes: readonly string[]): string[] {
  return [
    ...OF_ALL_CLASSES,
    ...classes.map((name) => `recall:${name}`),
    ...classes.map((name) => `precision:${name}`),
  ];
}

export interface Classes {
  /** Names in the order of the probabilities. */
  readonly names: readonly string[];
  /** The number of first classes with recalls and precisions; the others are a champion's own. */
  readonly reported: number;
  /** The positive class of average precision, with two classes; null with more. */
  readonly positive: number | null;
}

/**
 * Measures a classifier.
 *
 * - balancedAccuracy: mean of the recalls of the classes that occur
 * - f1: mean over those classes that occur, in truth or in a prediction
 * - auc, averagePrecision: with two classes those of the positive class, with more the mean of one class against the
 * rest over the classes that occur; undefined for more than {@link MAX_RANKED} rows × classes
 * - logLoss: in nats
 * - brier: mean squared distance between probabilities and truth, from 0 to 2; halved with two classes, so that it is
 * the squared error of one class's probability
 *
 * All are undefined if an answer is not a number.
 */
export class ClassMeasure implements Measure {
  readonly rows: number;
  readonly names: readonly string[];
  readonly shares: ReadonlyMap<string, readonly [number, number]>;
  readonly #classes: number;
  readonly #reported: number;
  /** Index of the true class × number of classes + index of the most probable one, [rows]. */
  readonly #cells: Int32Array;
  /** Negative log of the probability given to the true class, [rows]. */
  readonly #losses: Float64Array;
  readonly #distances: Float64Array;
  readonly #rankings: readonly { readonly ofClass: number; readonly ranking: Ranking }[];
  readonly #finite: boolean;

  /**
   * @param labels index of the true class, [rows]; at least one row
   * @param probabilities float32 [rows, classes] in row-major order
   */
  constructor(labels: Int32Array, probabilities: Float32Array, { names, reported, positive }: Classes) {
    const classes = names.length;
    this.rows = labels.length;
    this.names = classMetricNames(names.slice(0, reported));
    this.#classes = classes;
    this.#reported = reported;
    this.#finite = probabilities.every(Number.isFinite);
    this.#cells = labels.map((label, row) => label * classes + likeliest(probabilities, row, classes));
    this.#losses = Float64Array.from(
      labels,
      (label, row) => -Math.log(Math.max(probabilities[row * classes + label]!, SMALLEST_PROBABILITY)),
    );
    this.#distances = Float64Array.from(labels, (label, row) => distance(label, probabilities, row, classes));
    const ranked = positive !== null ? [positive] : [...names.keys()];
    this.#rankings =
      this.rows * ranked.length > MAX_RANKED
        ? []
        : ranked.map((ofClass) => ({
            ofClass,
            ranking: new Ranking(labels, probabilities, classes, ofClass),
          }));
    this.shares = this.#shares();
  }

  values(counts: Uint32Array): number[] {
    if (!this.#finite) return this.names.map(() => Number.NaN);
    const { confusion, loss, distances } = this.#count(counts);
    const { actual, predicted, right } = marginals(confusion, this.#classes);
    const rows = sum(actual);
    const recalls = right.map((rightOnes, index) => rightOnes / actual[index]!);
    const precisions = right.map((rightOnes, index) => rightOnes / predicted[index]!);
    const f1 = right.map((rightOnes, index) => (2 * rightOnes) / (actual[index]! + predicted[index]!));
    const areas = this.#rankings.map(({ ofClass, ranking }) => ranking.areas(counts, rows, actual[ofClass]!));
    return [
      sum(right) / rows,
      meanOfDefined(recalls),
      meanOfDefined(f1),
      meanOfDefined(areas.map(({ auc }) => auc)),
      meanOfDefined(areas.map(({ averagePrecision }) => averagePrecision)),
      loss / rows,
      distances / rows,
      ...recalls.slice(0, this.#reported),
      ...precisions.slice(0, this.#reported),
    ];
  }

  /** Returns rows by [true class][predicted class]. */
  confusion(): number[][] {
    const { confusion } = this.#count(new Uint32Array(this.rows).fill(1));
    return Array.from({ length: this.#classes }, (_, index) => [
      ...confusion.subarray(index * this.#classes, (index + 1) * this.#classes),
    ]);
  }

  #count(counts: Uint32Array): { confusion: Float64Array; loss: number; distances: number } {
    const confusion = new Float64Array(this.#classes ** 2);
    let loss = 0;
    let distances = 0;
    for (let row = 0; row < counts.length; row++) {
      const count = counts[row]!;
      confusion[this.#cells[row]!]! += count;
      loss += count * this.#losses[row]!;
      distances += count * this.#distances[row]!;
    }
    return { confusion, loss, distances };
  }

  #shares(): Map<string, readonly [number, number]> {
    const { confusion } = this.#count(new Uint32Array(this.rows).fill(1));
    const { actual, predicted, right } = marginals(confusion, this.#classes);
    const { names } = this;
    const first = OF_ALL_CLASSES.length;
    const ofClasses = right
      .slice(0, this.#reported)
      .flatMap((rightOnes, index) => [
        [names[first + index]!, [rightOnes, actual[index]!]] as const,
        [names[first + this.#reported + index]!, [rightOnes, predicted[index]!]] as const,
      ]);
    return new Map([['accuracy', [sum(right), this.rows]], ...ofClasses]);
  }
}

/** Counts rows by true class, by predicted class, and those where both agree. */
function marginals(confusion: Float64Array, classes: number) {
  const [actual, predicted, right] = [[], [], []] as [number[], number[], number[]];
  for (let index = 0; index < classes; index++) {
    let [ofActual, ofPredicted] = [0, 0];
    for (let other = 0; other < classes; other++) {
      ofActual += confusion[index * classes + other]!;
      ofPredicted += confusion[other * classes + index]!;
    }
    actual.push(ofActual);
    predicted.push(ofPredicted);
    right.push(confusion[index * classes + index]!);
  }
  return { actual, predicted, right };
}

function distance(label: number, probabilities: Float32Array, row: number, classes: number): number {
  let total = 0;
  for (let index = 0; index < classes; index++) {
    total += (probabilities[row * classes + index]! - (index === label ? 1 : 0)) ** 2;
  }
  return classes === 2 ? total / 2 : total;
}
