import { columnOf, problemWith, type Column } from './columns.ts';
import type { Encoding, FeatureEncoding } from './encoding.ts';
import { TableError } from './errors.ts';
import { inputNames, valueWidth } from './inputs.ts';
import type { Notes } from './notes.ts';
import { isMissing } from './values.ts';

/** A value that a feature does not accept. Only the caller knows its file or request. */
export class ValueFault extends Error {
  override name = 'ValueFault';
  /** Index of the row among those encoded together. */
  readonly row: number;
  readonly feature: string;

  /** Creates the fault. @param problem the value, the allowed values, and the remedy */
  constructor(row: number, feature: string, problem: string) {
    super(problem);
    this.row = row;
    this.feature = feature;
  }
}

export interface EncoderOptions {
  /**
   * Accepts what the schema refuses (empty cells, values beyond `min` and `max`), and treats bad cells as empty ones.
   */
  readonly lenient?: boolean;
}

interface Part {
  readonly feature: FeatureEncoding;
  readonly column: Column;
  /** Returns the value of a trimmed cell; undefined if the feature does not accept it. */
  readonly readCell: (cell: string) => unknown;
  readonly offset: number;
  /** Number of inputs of the value. */
  readonly width: number;
  /** Offset of the input that flags a missing value; -1 without one. */
  readonly missingOffset: number;
  /** Inputs of a missing value. */
  readonly fill: Float32Array;
}

/** Encodes raw rows as a model's inputs, float32, exactly as in training. */
export class Encoder {
  /** Names of the features, in the order of {@link encodeCells}'s `cells`. */
  readonly features: readonly string[];
  /** Inputs of a row. */
  readonly width: number;
  readonly #parts: readonly Part[];
  readonly #lenient: boolean;

  /** Creates the encoder. @throws TableError if the encoding's inputs do not match its features */
  constructor({ features, inputs }: Encoding, { lenient = false }: EncoderOptions = {}) {
    this.features = features.map(({ name }) => name);
    this.width = inputs.length;
    this.#lenient = lenient;
    const names = features.flatMap(inputNames);
    const wrong = names.findIndex((name, index) => inputs[index]?.name !== name);
    if (wrong >= 0 || names.length !== inputs.length) {
      const index = wrong >= 0 ? wrong : names.length;
      throw new TableError(
        `encoding: input ${index} is ${JSON.stringify(inputs[index]?.name)}, but the features make it ` +
          `${JSON.stringify(names[index])}; train the model again`,
      );
    }
    let next = 0;
    this.#parts = features.map((feature) => {
      const offset = next;
      const column = columnOf(feature);
      const width = valueWidth(feature.type);
      next += inputNames(feature).length;
      return {
        feature,
        column,
        readCell: cellReader(feature, column),
        offset,
        width,
        missingOffset: next > offset + width ? offset + width : -1,
        fill: Float32Array.from(inputs.slice(offset, offset + width), ({ fill }) => fill),
      };
    });
  }

  /**
   * Encodes JSON objects, each with a property for every feature.
   *
   * @returns float32 [rows, inputs] in row-major order
   * @throws ValueFault for the first value that its feature does not accept
   */
  encodeObjects(rows: readonly Readonly<Record<string, unknown>>[], notes?: Notes): Float32Array {
    const target = new Float32Array(rows.length * this.width);
    for (let row = 0; row < rows.length; row++) {
      const values = rows[row]!;
      const start = row * this.width;
      for (const part of this.#parts) {
        const raw = values[part.feature.name];
        const value = raw === null ? undefined : part.column.fromJson(raw);
        if (value === undefined) this.#putNothing(row, part, raw, raw === null, target, start);
        else this.#putValue(row, part, value, target, start, notes);
      }
    }
    return target;
  }

  /**
   * Encodes CSV records.
   *
   * @param cells index of each feature's cell in a record
   * @returns float32 [rows, inputs] in row-major order
   * @throws ValueFault for the first cell that its feature does not accept
   */
  encodeCells(
    records: readonly (readonly string[])[],
    cells: readonly number[],
    notes?: Notes,
  ): Float32Array {
    const target = new Float32Array(records.length * this.width);
    for (let row = 0; row < records.length; row++) {
      const record = records[row]!;
      const start = row * this.width;
      for (let index = 0; index < this.#parts.length; index++) {
        const part = this.#parts[index]!;
        const cell = record[cells[index]!]!.trim();
        const value = part.readCell(cell);
        if (value === undefined) {
          this.#putNothing(row, part, cell, isMissing(cell, part.feature.type), target, start);
        } else {
          this.#putValue(row, part, value, target, start, notes);
        }
      }
    }
    return target;
  }

  #putValue(
    row: number,
    { column, feature, offset }: Part,
    value: unknown,
    target: Float32Array,
    start: number,
    notes: Notes | undefined,
  ): void {
    const refusal = this.#lenient ? undefined : column.refusal?.(value);
    if (refusal) throw new ValueFault(row, feature.name, refusal);
    column.write(value, target, start + offset);
    if (notes) column.remark?.(value, notes);
  }

  /**
   * Writes the inputs of a missing value, or throws.
   *
   * @param raw the cell or value
   * @param empty false for a value that the feature does not accept
   */
  #putNothing(
    row: number,
    part: Part,
    raw: unknown,
    empty: boolean,
    target: Float32Array,
    start: number,
  ): void {
    if (!this.#lenient) refuseEmptyOrBad(row, part, raw, empty);
    target.set(part.fill, start + part.offset);
    if (part.missingOffset >= 0) target[start + part.missingOffset] = 1;
  }
}

function refuseEmptyOrBad(row: number, { feature, column }: Part, raw: unknown, empty: boolean): void {
  if (!empty) throw new ValueFault(row, feature.name, problemWith(raw, column));
  if (feature.missing === 'reject') {
    throw new ValueFault(row, feature.name, `no value, which the schema refuses; send ${column.takes}`);
  }
}

function cellReader({ type }: FeatureEncoding, { fromText }: Column): Part['readCell'] {
  // The mark of a missing value is a valid category or text, but neither number, boolean nor date.
  const takesAnything = type === 'category' || type === 'text';
  return takesAnything ? (cell) => (isMissing(cell, type) ? undefined : fromText(cell)) : fromText;
}
