import type { Manifest } from './manifest.ts';

export interface Prediction {
  /** The likeliest class, the first of equals. */
  readonly label: string;
  readonly probabilities: Readonly<Record<string, number>>;
}

/** Index of the likeliest class of row number `row`, the first of equals. */
export function likeliest(probabilities: Float32Array, row: number, classes: number): number {
  let best = 0;
  for (let index = 1; index < classes; index++) {
    if (probabilities[row * classes + index]! > probabilities[row * classes + best]!) best = index;
  }
  return best;
}

/** Answers in words for a model's output, float32 [rows, classes]. */
export function describe({ classes }: Manifest, probabilities: Float32Array): Prediction[] {
  return Array.from({ length: probabilities.length / classes.length }, (_, row) => ({
    label: classes[likeliest(probabilities, row, classes.length)]!,
    probabilities: Object.fromEntries(
      classes.map((name, index) => [name, readable(probabilities[row * classes.length + index]!)]),
    ),
  }));
}

/** A float32 has seven significant digits; the others would only double the answer's size. */
function readable(probability: number): number {
  return Number(probability.toPrecision(7));
}
