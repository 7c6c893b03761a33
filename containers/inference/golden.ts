import { Encoder } from '../table/encoder.ts';
import type { ClassLabel, Encoding, NumberLabel } from '../table/encoding.ts';
import type { Observer } from './answers.ts';
import { UserError } from './errors.ts';
import type { Model } from './model.ts';
import { describe, type Prediction } from './predictions.ts';
import { rawRow, type RawRow } from './raw-rows.ts';

/** An entry of golden.json: a request with a known answer, for testing a deployed model. */
export interface GoldenRequest {
  readonly contentType: 'application/json';
  readonly body: string;
  /** The answer of this program to it. */
  readonly answer: { readonly modelVersion: string; readonly predictions: readonly Prediction[] };
  /** The true class or number. */
  readonly label: string | number;
}

const GOLDEN_ROWS = 5;

interface Kept<Row> {
  readonly row: Row;
  readonly label: string | number;
}

/** Picks rows by their labels, a class's index or a number. */
export interface RowPicker<Row> {
  offer(label: number, row: () => Row): void;
  picked(): Kept<Row>[];
}

/** Returns a picker of a few rows: for classes the first ones of each, for numbers some over the whole range. */
export function rowPicker<Row>(label: ClassLabel | NumberLabel): RowPicker<Row> {
  return label.kind === 'class' ? new ClassPicker(label.classes) : new NumberPicker(label);
}

/** Picks a few rows of the holdout, for this program's own requests. */
export class GoldenRows {
  readonly #encoding: Encoding;
  readonly #picker: RowPicker<RawRow>;

  constructor(encoding: Encoding) {
    this.#encoding = encoding;
    this.#picker = rowPicker(encoding.label);
  }

  readonly observe: Observer = ({ columns, records }, labels) => {
    for (const [index, label] of labels.entries()) {
      this.#picker.offer(label, () => rawRow(this.#encoding.features, columns, records[index]!));
    }
  };

  /** Returns a request for each row. @param version of the model, which its server answers */
  async answeredBy(model: Model, version: string): Promise<GoldenRequest[]> {
    const kept = this.#picker.picked();
    if (kept.length === 0)
      throw new UserError('test: no row of the holdout is of a class that the candidate knows');
    const instances = kept.map(({ row }) => row);
    const values = new Encoder(this.#encoding).encodeObjects(instances);
    const predictions = describe(model.manifest, await model.predict(values, instances.length));
    return kept.map(({ row, label }, index) => ({
      contentType: 'application/json',
      body: JSON.stringify({ instances: [row] }),
      answer: { modelVersion: version, predictions: [predictions[index]!] },
      label,
    }));
  }
}

class ClassPicker<Row> implements RowPicker<Row> {
  readonly #byClass: readonly Kept<Row>[][];
  readonly #classes: readonly string[];

  constructor(classes: readonly string[]) {
    this.#classes = classes;
    this.#byClass = classes.map(() => []);
  }

  offer(label: number, row: () => Row): void {
    // The model cannot answer with a class that only the holdout has.
    const kept = this.#byClass[label];
    if (kept && kept.length < GOLDEN_ROWS) kept.push({ row: row(), label: this.#classes[label]! });
  }

  /** Returns the first row of each class, then the second of each, and so on. */
  picked(): Kept<Row>[] {
    const rounds = Array.from({ length: GOLDEN_ROWS }, (_, round) =>
      this.#byClass.flatMap((rows) => rows[round] ?? []),
    );
    return rounds.flat().slice(0, GOLDEN_ROWS);
  }
}

class NumberPicker<Row> implements RowPicker<Row> {
  /** Labels spread evenly over the range of the training rows. */
  readonly #targets: readonly number[];
  /** The row nearest to each target so far; a row is kept for one of them. */
  readonly #nearest: { label: number; row: () => Row }[] = [];

  constructor({ low, high }: NumberLabel) {
    this.#targets = Array.from(
      { length: GOLDEN_ROWS },
      (_, index) => low + ((high - low) * index) / (GOLDEN_ROWS - 1),
    );
  }

  offer(label: number, row: () => Row): void {
    let offered = { label, row };
    for (const [index, target] of this.#targets.entries()) {
      const known = this.#nearest[index];
      if (known && Math.abs(known.label - target) <= Math.abs(offered.label - target)) continue;
      this.#nearest[index] = offered;
      // The row that was replaced may be the nearest to another target.
      if (!known) return;
      offered = known;
    }
  }

  picked(): Kept<Row>[] {
    return this.#nearest.map(({ label, row }) => ({ label, row: row() }));
  }
}
