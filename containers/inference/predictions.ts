import type { ClassLabel } from '../table/encoding.ts';
import type { Manifest } from './manifest.ts';

/** An answer to one row. */
export type Prediction = ClassPrediction | NumberPrediction;

export interface ClassPrediction {
  /** The most probable class, the first of equals. */
  readonly label: string;
  readonly probabilities: Readonly<Record<string, number>>;
}

export interface NumberPrediction {
  /** Value in the label's unit. */
  readonly value: number;
}

/** Returns the index of the most probable class of row number `row`, the first of equals. */
export function likeliest(probabilities: Float32Array, row: number, classes: number): number {
  let best = 0;
  for (let index = 1; index < classes; index++) {
    if (probabilities[row * classes + index]! > probabilities[row * classes + best]!) best = index;
  }
  return best;
}

/** Returns the predictions for a model's output, float32 [rows, outputs]. */
export function describe({ encoding: { label } }: Manifest, output: Float32Array): Prediction[] {
  if (label.kind === 'class') return describeClasses(label, output);
  return Array.from(output, (value) => ({ value: readable(value) }));
}

/** Returns the minimum bytes of an answer to one row in a list. */
export function leastBytes(manifest: Manifest): number {
  const [prediction] = describe(manifest, new Float32Array(manifest.outputs));
  const shortest = 'label' in prediction! ? { ...prediction, label: '' } : prediction;
  return Buffer.byteLength(JSON.stringify(shortest)) + 1;
}

function describeClasses({ classes }: ClassLabel, probabilities: Float32Array): ClassPrediction[] {
  return Array.from({ length: probabilities.length / classes.length }, (_, row) => ({
    label: classes[likeliest(probabilities, row, classes.length)]!,
    probabilities: Object.fromEntries(
      classes.map((name, index) => [name, readable(probabilities[row * classes.length + index]!)]),
    ),
  }));
}

/** Rounds to the seven significant digits of a float32; the others would only double the answer's size. */
function readable(number: number): number {
  return Number(number.toPrecision(7));
}
