import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ClassLabel, NumberLabel } from '../table/encoding.ts';
import { showValue } from '../table/escape.ts';
import { UserError } from './errors.ts';

/** Answers of a transform job: an object for each of its inputs, with `.out` after the name, a line for each row. */
export class TransformAnswers {
  readonly #folder: string;
  readonly #files: ReadonlyMap<string, string>;

  private constructor(folder: string, files: ReadonlyMap<string, string>) {
    this.#folder = folder;
    this.#files = files;
  }

  /** Opens the answers below a folder, found by name in any subfolder. @throws UserError if two have one name */
  static async open(folder: string): Promise<TransformAnswers> {
    const files = new Map<string, string>();
    for await (const file of glob('**/*.out', { cwd: folder })) {
      const other = files.get(path.basename(file));
      if (other !== undefined) {
        throw new UserError(
          `${path.basename(folder)}: ${[other, file].sort().join(' and ')} have one name; each file of rows needs a name of its own`,
        );
      }
      files.set(path.basename(file), file);
    }
    return new TransformAnswers(folder, files);
  }

  /**
   * Returns the answers to the rows of a file, without line ends and brackets: `0.2, 0.8` or `[0.2, 0.8]` as
   * `0.2,0.8`, which is what the same program answers to a request for `text/csv`.
   *
   * @param file path of the rows
   * @throws UserError if there are not as many answers as rows
   */
  async of(file: string, rows: number): Promise<string[]> {
    const name = `${path.basename(file)}.out`;
    const found = this.#files.get(name);
    const lines = found === undefined ? [] : linesOf(await readFile(path.join(this.#folder, found), 'utf8'));
    if (lines.length === rows) return lines.map(canonical);
    throw new UserError(
      `${path.basename(this.#folder)}: ${name} has ${lines.length} answers, but ${file} has ${rows} rows; the serving ` +
        'program must answer each row of text/csv with one line',
    );
  }
}

/** Each of a job's requests ends with a line end, and so may each answer of the program: empty lines are none. */
export function linesOf(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== '');
}

function canonical(line: string): string {
  return line
    .trim()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\s*,\s*/g, ',');
}

/**
 * Returns the numbers of an answer as a model of this repository would: a value, or a probability for each class.
 *
 * An answer to a row is one number, or one for each class in their order. With two classes a single number is the
 * probability of the second one, or the index of a class; with more it is the index.
 *
 * @param where for messages
 * @throws UserError for any other answer
 */
export function parseAnswer(text: string, label: ClassLabel | NumberLabel, where: string): number[] {
  const values = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  const refuse = (allowed: string): never => {
    throw new UserError(`${where}: the answer is ${showValue(text)}; must be ${allowed}`);
  };
  // `nan` is an answer: no metric has a value then, and the gate rejects the model.
  if (values.some((value, index) => Number.isNaN(value) && !/^\s*-?nan\s*$/i.test(text.split(',')[index]!))) {
    return refuse('numbers, separated by commas');
  }
  if (label.kind === 'number') return values.length === 1 ? values : refuse('one number');
  const { classes } = label;
  if (values.length === classes.length) return values;
  const [value] = values as [number];
  if (values.length > 1) return refuse(`one number, or ${classes.length}: a probability for each class`);
  if (Number.isNaN(value)) return classes.map(() => NaN);
  if (classes.length === 2) {
    return value >= 0 && value <= 1
      ? [1 - value, value]
      : refuse(`the probability of class ${showValue(classes[1])}, from 0 to 1`);
  }
  return Number.isInteger(value) && value >= 0 && value < classes.length
    ? classes.map((_, index) => (index === value ? 1 : 0))
    : refuse(`the index of a class, 0 to ${classes.length - 1}, or a probability for each of them`);
}
