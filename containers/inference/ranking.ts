/** The holdout's rows in the order of one class's probability, for the area under the ROC curve of that class. */
export class Ranking {
  /** Row numbers by ascending probability. */
  readonly #order: Uint32Array;
  /** 1 where the row at this place is of the class. */
  readonly #positive: Uint8Array;
  /** 1 where the row at this place is the last of those with an equal probability. */
  readonly #lastOfEquals: Uint8Array;

  /**
   * @param labels index of the true class, [rows]
   * @param probabilities finite numbers, [rows, classes] in row-major order
   */
  constructor(labels: Int32Array, probabilities: Float32Array, classes: number, ofClass: number) {
    const rows = labels.length;
    const scores = Float32Array.from(labels, (_, row) => probabilities[row * classes + ofClass]!);
    this.#order = Uint32Array.from(labels.keys()).sort((a, b) => scores[a]! - scores[b]! || a - b);
    this.#positive = Uint8Array.from(this.#order, (row) => (labels[row] === ofClass ? 1 : 0));
    this.#lastOfEquals = Uint8Array.from(this.#order, (row, place) =>
      place + 1 === rows || scores[this.#order[place + 1]!] !== scores[row] ? 1 : 0,
    );
  }

  /**
   * The probability that a row of the class ranks above one of the others, where equals count half (Mann and
   * Whitney's U); NaN without rows of both kinds.
   *
   * @param counts how often each row is there, [rows]
   */
  area(counts: Uint32Array): number {
    let positives = 0;
    let negatives = 0;
    let equalPositives = 0;
    let equalNegatives = 0;
    let pairsInOrder = 0;
    for (let place = 0; place < counts.length; place++) {
      const count = counts[this.#order[place]!]!;
      if (this.#positive[place]) equalPositives += count;
      else equalNegatives += count;
      if (!this.#lastOfEquals[place]) continue;
      pairsInOrder += equalPositives * (negatives + equalNegatives / 2);
      positives += equalPositives;
      negatives += equalNegatives;
      equalPositives = equalNegatives = 0;
    }
    return pairsInOrder / (positives * negatives);
  }
}
