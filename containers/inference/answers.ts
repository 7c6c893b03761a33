import type { ClassLabel, NumberLabel } from '../table/encoding.ts';
import { Encoder, ValueFault } from '../table/encoder.ts';
import { showValue } from '../table/escape.ts';
import { parseNumber } from '../table/values.ts';
import { UserError } from './errors.ts';
import type { Model } from './model.ts';
import type { Block, ScoringFiles } from './scoring-files.ts';

/** Models' answers to the rows of a split. */
export interface Answers {
  readonly rows: number;
  /** The true labels; for classes, the index in `classes`. */
  readonly labels: Float64Array;
  /** The first model's, then those that only occur in the rows; empty for a numeric label. */
  readonly classes: readonly string[];
  /** One per model: float32 [rows, its outputs] in row-major order. */
  readonly outputs: readonly Float32Array[];
}

/** Receives rows as they are read. */
export type Observer = (block: Block, labels: readonly number[]) => void;

/** Rows per prediction: large enough for speed, small enough for tables with many inputs. */
const BATCH_ROWS = 4096;

/**
 * Predicts the rows of a split with the code that serves the models. Keeps labels and answers, but no features.
 *
 * @param models the candidate, which validates its features as a request's; then others, which treat cells that their
 * own schemas refuse as empty
 * @throws UserError if a column is missing, or the candidate refuses a cell
 */
export async function answer(
  split: string,
  files: ScoringFiles,
  models: readonly Model[],
  observe: Observer = () => {},
): Promise<Answers> {
  const { label } = models[0]!.manifest.encoding;
  const contestants = models.map((model, index) => ({
    model,
    encoder: new Encoder(model.manifest.encoding, { lenient: index > 0 }),
    batches: [] as Float32Array[],
  }));
  checkColumns(split, files.columns, [label.name, ...contestants[0]!.encoder.features]);
  const reader = labelReader(label);
  const labels: number[] = [];
  for await (const block of files.blocks()) {
    const ofBlock = block.records.map((record, index) =>
      reader.read(record[block.columns.get(label.name)!]!.trim(), block, index),
    );
    for (const one of ofBlock) labels.push(one);
    for (const { model, encoder, batches } of contestants) {
      for (let start = 0; start < block.records.length; start += BATCH_ROWS) {
        const records = block.records.slice(start, start + BATCH_ROWS);
        const values = encode(encoder, records, { ...block, firstRow: block.firstRow + start });
        // Copied, since the runtime may reuse the memory.
        batches.push((await model.predict(values, records.length)).slice());
      }
    }
    observe(block, ofBlock);
  }
  return {
    rows: labels.length,
    labels: Float64Array.from(labels),
    classes: reader.classes,
    outputs: contestants.map(({ batches }) => concatenate(batches)),
  };
}

function checkColumns(split: string, columns: ReadonlySet<string>, needed: readonly string[]): void {
  // Without any file the caller reports that there are no rows.
  if (columns.size === 0) return;
  const missing = needed.filter((name) => !columns.has(name));
  if (missing.length === 0) return;
  throw new UserError(
    `${split}: not every file has the columns ${missing.map((name) => showValue(name)).join(', ')}, which the ` +
      'candidate needs; preprocess and train with one schema',
  );
}

function encode(encoder: Encoder, records: readonly (readonly string[])[], block: Block): Float32Array {
  const cells = encoder.features.map((name) => block.columns.get(name)!);
  try {
    return encoder.encodeCells(records, cells);
  } catch (error) {
    if (!(error instanceof ValueFault)) throw error;
    const { row, feature, message } = error;
    throw new UserError(`${block.file}, row ${block.firstRow + row}: ${showValue(feature)}: ${message}`);
  }
}

export interface LabelReader {
  readonly classes: readonly string[];
  read(text: string, block: Block, index: number): number;
}

/** Returns a reader of the rows' true labels; it adds classes that only occur in the rows. */
export function labelReader(label: ClassLabel | NumberLabel): LabelReader {
  const classes = label.kind === 'class' ? [...label.classes] : [];
  const known = new Map(classes.map((name, index) => [name, index]));
  return {
    classes,
    read(text, block, index) {
      if (label.kind === 'class') {
        const index = known.get(text);
        if (index !== undefined) return index;
        known.set(text, classes.length);
        return classes.push(text) - 1;
      }
      const value = parseNumber(text);
      if (value !== undefined) return value;
      const where = `${block.file}, row ${block.firstRow + index}`;
      throw new UserError(`${where}: ${showValue(label.name)}: ${showValue(text)} is not a number`);
    },
  };
}

function concatenate(batches: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(batches.reduce((total, { length }) => total + length, 0));
  let filled = 0;
  for (const batch of batches) {
    all.set(batch, filled);
    filled += batch.length;
  }
  return all;
}
