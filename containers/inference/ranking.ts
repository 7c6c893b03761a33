/** Areas under the curves of one class's probability. */
export interface Areas {
  /**
   * The probability that a row of the class ranks above one of the others, where equals count half (Mann and
   * Whitney's U); NaN without rows of both kinds.
   */
  readonly auc: number;
  /** Average precision: the mean over the class's rows of the precision at each one's rank; NaN without any. */
  readonly averagePrecision: number;
}

const LAST_OF_EQUALS = 1;
const POSITIVE = 2;
const ROW_SHIFT = 2;

/** The holdout's rows in the order of one class's probability. */
export class Ranking {
  /**
   * Entries by descending probability: the row's number, a flag if it has the class, and a flag if the next row has a
   * lower probability. Null where all are equal, as for the naive answer: there is nothing to sort.
   */
  readonly #ranks: Uint32Array | null;

  /**
   * Sorts the rows.
   *
   * @param labels index of the true class, [rows]; fewer than 2^30 rows
   * @param probabilities finite numbers, [rows, classes] in row-major order
   */
  constructor(labels: Int32Array, probabilities: Float32Array, classes: number, ofClass: number) {
    const rows = labels.length;
    const first = probabilities[ofClass]!;
    if (labels.every((_, row) => probabilities[row * classes + ofClass] === first)) {
      this.#ranks = null;
      return;
    }
    const scores = Float32Array.from(labels, (_, row) => probabilities[row * classes + ofClass]!);
    const order = Uint32Array.from(labels.keys()).sort((a, b) => scores[b]! - scores[a]! || a - b);
    this.#ranks = order.map((row, rank) => {
      const last = rank + 1 === rows || scores[order[rank + 1]!] !== scores[row];
      const positive = labels[row] === ofClass;
      return (row << ROW_SHIFT) | (positive ? POSITIVE : 0) | (last ? LAST_OF_EQUALS : 0);
    });
  }

  /**
   * Returns the areas on a resample.
   *
   * @param counts number of times that each row occurs, [rows]
   * @param total sum of the counts
   * @param ofClass sum of the counts of the class's rows
   */
  areas(counts: Uint32Array, total: number, ofClass: number): Areas {
    if (!this.#ranks) {
      const undefinedArea = ofClass === 0 || ofClass === total;
      return {
        auc: undefinedArea ? Number.NaN : 0.5,
        averagePrecision: ofClass > 0 ? ofClass / total : Number.NaN,
      };
    }
    let positives = 0;
    let negatives = 0;
    let equalPositives = 0;
    let equalNegatives = 0;
    let pairs = 0;
    let precisions = 0;
    for (const entry of this.#ranks) {
      const count = counts[entry >>> ROW_SHIFT]!;
      if (entry & POSITIVE) equalPositives += count;
      else equalNegatives += count;
      if (!(entry & LAST_OF_EQUALS)) continue;
      pairs += equalNegatives * (positives + equalPositives / 2);
      positives += equalPositives;
      negatives += equalNegatives;
      if (equalPositives > 0) precisions += (equalPositives * positives) / (positives + negatives);
      equalPositives = equalNegatives = 0;
    }
    return { auc: pairs / (positives * negatives), averagePrecision: precisions / positives };
  }
}
