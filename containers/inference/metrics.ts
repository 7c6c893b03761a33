/** How well a model did on rows whose class is known. */
export interface Score {
  readonly accuracy: number;
  /** Wilson's 95 % interval of the accuracy. */
  readonly accuracyInterval: readonly [number, number];
  /** Mean negative log of the probability given to the true class, in nats. */
  readonly logLoss: number;
  /** Mean of the F1 scores of those classes that occur, in truth or in a prediction. */
  readonly macroF1: number;
  /** confusion[true class][predicted class] in rows. */
  readonly confusion: readonly (readonly number[])[];
}

/** A probability of 0 for the true class counts as this one; its logarithm would not be finite. */
const SMALLEST_PROBABILITY = 1e-15;
/** 97.5 % quantile of the standard normal distribution. */
const Z = 1.959963984540054;

/** Adds up one model's answers, row by row. */
export class ScoreKeeper {
  readonly #confusion: number[][];
  #logLoss = 0;

  constructor(classes: number) {
    this.#confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  }

  add(trueClass: number, predictedClass: number, probabilityOfTrueClass: number): void {
    this.#confusion[trueClass]![predictedClass]!++;
    this.#logLoss -= Math.log(Math.max(probabilityOfTrueClass, SMALLEST_PROBABILITY));
  }

  /** For at least one row. */
  score(): Score {
    const confusion = this.#confusion;
    const rows = sum(confusion.map(sum));
    const correct = sum(confusion.map((row, index) => row[index]!));
    return {
      accuracy: correct / rows,
      accuracyInterval: wilsonInterval(correct, rows),
      logLoss: this.#logLoss / rows,
      macroF1: macroF1(confusion),
      confusion,
    };
  }
}

/** Unlike the normal approximation, it stays inside [0, 1] and holds for few rows and for shares near 1. */
export function wilsonInterval(successes: number, trials: number): [number, number] {
  const share = successes / trials;
  const scale = 1 + Z ** 2 / trials;
  const centre = (share + Z ** 2 / (2 * trials)) / scale;
  const half = (Z / scale) * Math.sqrt((share * (1 - share)) / trials + Z ** 2 / (4 * trials ** 2));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

function macroF1(confusion: readonly (readonly number[])[]): number {
  const scores = confusion.flatMap((row, index) => {
    const actual = sum(row);
    const predicted = sum(confusion.map((other) => other[index]!));
    return actual + predicted === 0 ? [] : [(2 * row[index]!) / (actual + predicted)];
  });
  return sum(scores) / scores.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
