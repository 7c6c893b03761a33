import type { ClassLabel, Encoding, NumberLabel } from '../table/encoding.ts';
import { showValue } from '../table/escape.ts';
import type { Answers } from './answers.ts';
import { ClassMeasure, type Classes } from './class-measure.ts';
import type { Measure } from './metrics.ts';
import { NumberMeasure } from './number-measure.ts';

/** The models' measures, and that of the naive predictor, on the same rows. */
export interface Contest {
  readonly candidate: Measure;
  /** Undefined without a comparable champion. */
  readonly champion: Measure | undefined;
  readonly naive: Measure;
  readonly naiveAnswer: NaiveAnswer;
  /** Null for a numeric label. */
  readonly classes: ContestClasses | null;
}

export interface NaiveAnswer {
  /** The constant answer. */
  readonly answer: string | number;
  /** One sentence. */
  readonly description: string;
}

export interface ContestClasses {
  readonly names: readonly string[];
  /** The positive class of average precision, with two classes: the rarer one of the training rows. */
  readonly positive: string | null;
  /** Rows of the holdout by class. */
  readonly rows: Readonly<Record<string, number>>;
}

/**
 * Prepares the comparison.
 *
 * @param answers the candidate's, and then the champion's if it can be compared
 * @param champion encoding of the champion, if it is compared
 */
export function contest(answers: Answers, candidate: Encoding, champion: Encoding | undefined): Contest {
  const { label } = candidate;
  return label.kind === 'class'
    ? classContest(answers, label, champion?.label as ClassLabel | undefined)
    : numberContest(answers, label);
}

function numberContest({ labels, outputs, rows }: Answers, label: NumberLabel): Contest {
  const { mean, median } = label;
  const constant = (value: number) => new Float64Array(rows).fill(value);
  return {
    candidate: new NumberMeasure(labels, outputs[0]!),
    champion: outputs[1] && new NumberMeasure(labels, outputs[1]),
    naive: new NumberMeasure(labels, constant(mean), constant(median)),
    naiveAnswer: {
      answer: mean,
      description:
        `always ${readable(mean)}, the mean of the training rows ` +
        `(for mae and mape ${readable(median)}, their median)`,
    },
    classes: null,
  };
}

function classContest(answers: Answers, label: ClassLabel, champion: ClassLabel | undefined): Contest {
  // The candidate's classes, those that only the holdout has, and those that only the champion knows.
  const names = [...new Set([...answers.classes, ...(champion?.classes ?? [])])];
  const positive = names.length === 2 ? (label.counts[0]! < label.counts[1]! ? 0 : 1) : null;
  const classes: Classes = { names, reported: answers.classes.length, positive };
  const labels = Int32Array.from(answers.labels);
  const measure = (probabilities: Float32Array, from: readonly string[]) =>
    new ClassMeasure(labels, byName(probabilities, from, names), classes);
  const commonest = label.counts.indexOf(Math.max(...label.counts));
  const naive = label.classes[commonest]!;
  return {
    candidate: measure(answers.outputs[0]!, label.classes),
    champion: champion && measure(answers.outputs[1]!, champion.classes),
    naive: measure(shares(label.counts, answers.rows), label.classes),
    naiveAnswer: {
      answer: naive,
      description: `always ${showValue(naive)}, the commonest class of the training rows`,
    },
    classes: {
      names,
      positive: positive === null ? null : names[positive]!,
      rows: countByClass(answers),
    },
  };
}

/** Returns the classes' shares of the training rows as probabilities, for each row. */
function shares(counts: readonly number[], rows: number): Float32Array {
  const total = counts.reduce((all, count) => all + count, 0);
  const probabilities = new Float32Array(rows * counts.length);
  for (let index = 0; index < probabilities.length; index++) {
    probabilities[index] = counts[index % counts.length]! / total;
  }
  return probabilities;
}

/** Reorders probabilities to the order of `names`; a class that the model does not know gets 0. */
function byName(
  probabilities: Float32Array,
  from: readonly string[],
  names: readonly string[],
): Float32Array {
  if (from.length === names.length && from.every((name, index) => name === names[index]))
    return probabilities;
  const indexes = from.map((name) => names.indexOf(name));
  const rows = probabilities.length / from.length;
  const mapped = new Float32Array(rows * names.length);
  for (let row = 0; row < rows; row++) {
    for (let index = 0; index < from.length; index++) {
      mapped[row * names.length + indexes[index]!] = probabilities[row * from.length + index]!;
    }
  }
  return mapped;
}

function countByClass({ labels, classes }: Answers): Record<string, number> {
  const counts = new Array<number>(classes.length).fill(0);
  for (const label of labels) counts[label]!++;
  return Object.fromEntries(classes.map((name, index) => [name, counts[index]!]));
}

function readable(value: number): string {
  return String(Number(value.toPrecision(6)));
}
