import type { DuckDBDataChunk } from '@duckdb/node-api';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { datetimeParts, hashWords, inputNames, valueWidth } from '../table/inputs.ts';
import type { MatrixDescription, Split } from '../table/report.ts';
import type { Feature, Schema } from '../table/schema.ts';
import type { Column, Columns } from './columns.ts';
import type { Database } from './database.ts';
import { writeNpy } from './npy.ts';
import { SPLIT_NUMBERS } from './split.ts';
import { enumeration } from './sql.ts';

const PART_BYTES = 64 * 2 ** 20;

/** Values of each column that has a dictionary, by the column's name in SQL; empty where there are too many. */
export type Dictionaries = ReadonlyMap<string, readonly string[]>;

/** Creates the types by which {@link writeMatrix} finds a value's index in its column's dictionary. */
export async function createDictionaryTypes(db: Database, dictionaries: Dictionaries): Promise<void> {
  for (const [column, values] of dictionaries) {
    if (values.length > 0) await db.run(`CREATE TYPE index_${column} AS ${enumeration(values)}`);
  }
}

/** Writes the rows of a split as `shard-00000.json` and its parts `shard-00000-0000.npy`, … into `folder`. */
export async function writeMatrix(
  db: Database,
  folder: string,
  name: string,
  split: Split,
  rows: number,
  schema: Schema,
  columns: Columns,
  dictionaries: Dictionaries,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const inputs = schema.features.map(inputNames);
  const width = 1 + inputs.flat().length;
  const stride = Math.max(1, Math.min(rows, Math.floor(PART_BYTES / 4 / width)));
  const values = new Float32Array(width * stride);
  const parts: string[] = [];
  let filled = 0;
  const flush = async () => {
    if (filled === 0) return;
    const part = `${name}-${String(parts.length).padStart(4, '0')}.npy`;
    await writeNpy(path.join(folder, part), values, { rows: filled, columns: width, stride });
    parts.push(part);
    filled = 0;
  };
  const sources = [columns.label, ...columns.features];
  const select = sources.map((column) => source(column, dictionaries)).join(', ');
  for await (const chunk of db.chunks(`SELECT ${select} FROM rows WHERE split = ${SPLIT_NUMBERS[split]}`)) {
    for (let from = 0; from < chunk.rowCount; ) {
      const to = Math.min(chunk.rowCount, from + stride - filled);
      copyRows(chunk, from, to, schema.features, values, filled, stride);
      filled += to - from;
      from = to;
      if (filled === stride) await flush();
    }
  }
  await flush();
  const named = sources.flatMap((column) => {
    const indexes = dictionaries.get(column.sql);
    return indexes && column.type === 'category' ? [[column.name, indexes] as const] : [];
  });
  const description: MatrixDescription = {
    columns: [columns.label.name, ...inputs.flat()],
    rows,
    parts,
    dictionaries: Object.fromEntries(named),
  };
  await writeFile(path.join(folder, `${name}.json`), `${JSON.stringify(description)}\n`);
}

/**
 * Returns the SQL of the input of {@link copyRows}: float32 numbers, dates as float64, texts; NaN for an empty cell.
 */
function source({ type, sql }: Column, dictionaries: Dictionaries): string {
  switch (type) {
    case 'number':
      return `coalesce(${sql}::FLOAT, 'nan'::FLOAT)`;
    case 'boolean':
      return `CASE WHEN ${sql} THEN 1::FLOAT WHEN NOT ${sql} THEN 0::FLOAT ELSE 'nan'::FLOAT END`;
    case 'category': {
      const known = (dictionaries.get(sql) ?? []).length > 0;
      return known ? `coalesce(enum_code(${sql}::index_${sql})::FLOAT, 'nan'::FLOAT)` : `'nan'::FLOAT`;
    }
    case 'datetime':
      return `coalesce(${sql}::DOUBLE, 'nan'::DOUBLE)`;
    case 'text':
      return sql;
  }
}

interface Vector {
  readonly items: Float32Array | Float64Array;
  getItem(index: number): unknown;
}

function copyRows(
  chunk: DuckDBDataChunk,
  from: number,
  to: number,
  features: readonly Feature[],
  values: Float32Array,
  filled: number,
  stride: number,
): void {
  const vector = (index: number) => chunk.getColumnVector(index) as unknown as Vector;
  values.set(vector(0).items.subarray(from, to), filled);
  let column = 1;
  for (const [index, { type, missing }] of features.entries()) {
    const at = column * stride + filled;
    const cells = vector(index + 1);
    if (type === 'datetime') copyDates(cells.items.subarray(from, to), values, at, stride);
    else if (type === 'text') copyTexts(cells, from, to, values, at, stride);
    else values.set(cells.items.subarray(from, to), at);
    column += valueWidth(type);
    if (missing !== 'own-value' || type === 'category') continue;
    const flags = column * stride + filled;
    for (let row = from; row < to; row++) {
      const none = type === 'text' ? cells.getItem(row) === null : Number.isNaN(cells.items[row]);
      values[flags + row - from] = none ? 1 : 0;
    }
    column++;
  }
}

function copyDates(
  dates: Float32Array | Float64Array,
  values: Float32Array,
  at: number,
  stride: number,
): void {
  dates.forEach((date, row) => {
    const parts = Number.isNaN(date) ? [NaN, NaN, NaN, NaN] : datetimeParts(date);
    parts.forEach((part, index) => (values[at + index * stride + row] = part));
  });
}

const words = new Float32Array(valueWidth('text'));

function copyTexts(
  texts: Vector,
  from: number,
  to: number,
  values: Float32Array,
  at: number,
  stride: number,
): void {
  for (let row = from; row < to; row++) {
    hashWords((texts.getItem(row) as string | null) ?? '', words, 0);
    words.forEach((count, bucket) => (values[at + bucket * stride + row - from] = count));
  }
}
