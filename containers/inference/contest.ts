import type { ClassLabel, Encoding, NumberLabel } from '../table/encoding.ts';
import { showValue } from '../table/escape.ts';
import type { Answers } from './answers.ts';
import { ClassScorer, type Classes } from './class-scorer.ts';
import type { Scorer } from './metrics.ts';
import { NumberScorer } from './number-scorer.ts';

/** The models' scorers, and that of the naive predictor, on the same rows. */
export interface Contest {
  readonly candidate: Scorer;
  /** Absent if there is none that can be compared. */
  readonly champion: Scorer | undefined;
  readonly naive: Scorer;
  readonly naiveAnswer: NaiveAnswer;
  /** Null with numbers. */
  readonly classes: ContestClasses | null;
}

export interface NaiveAnswer {
  /** What it always answers. */
  readonly answer: string | number;
  /** A sentence. */
  readonly description: string;
}

export interface ContestClasses {
  readonly names: readonly string[];
  /** Of two classes the rarer one of the training rows, which average precision looks for. */
  readonly positive: string | null;
  /** Rows of the holdout by class. */
  readonly rows: Readonly<Record<string, number>>;
}

/**
 * Prepares the comparison.
 *
 * @param answers the candidate's, and then the champion's if it can be compared
 * @param champion whose answers these are
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
    candidate: new NumberScorer(labels, outputs[0]!),
    champion: outputs[1] && new NumberScorer(labels, outputs[1]),
    naive: new NumberScorer(labels, constant(mean), constant(median)),
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
  // The candidate's, those that only the holdout has, and those that only the champion knows.
  const names = [...new Set([...answers.classes, ...(champion?.classes ?? [])])];
  const positive = names.length === 2 ? (label.counts[0]! < label.counts[1]! ? 0 : 1) : null;
  const classes: Classes = { names, reported: answers.classes.length, positive };
  const labels = Int32Array.from(answers.labels);
  const scorer = (probabilities: Float32Array, from: readonly string[]) =>
    new ClassScorer(labels, byName(probabilities, from, names), classes);
  const commonest = label.counts.indexOf(Math.max(...label.counts));
  const naive = label.classes[commonest]!;
  return {
    candidate: scorer(answers.outputs[0]!, label.classes),
    champion: champion && scorer(answers.outputs[1]!, champion.classes),
    naive: scorer(shares(label.counts, answers.rows), label.classes),
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

/** The training rows' shares of the classes as probabilities, for each row. */
function shares(counts: readonly number[], rows: number): Float32Array {
  const total = counts.reduce((all, count) => all + count, 0);
  const probabilities = new Float32Array(rows * counts.length);
  for (let index = 0; index < probabilities.length; index++) {
    probabilities[index] = counts[index % counts.length]! / total;
  }
  return probabilities;
}

/** Puts probabilities in the order of `names`; a class that the model does not know has 0. */
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
