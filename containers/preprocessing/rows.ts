import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Split } from '../table/report.ts';
import type { Column, Columns } from './columns.ts';
import type { Database } from './database.ts';
import { SCORED, SPLIT_NUMBERS, TRAINED } from './split.ts';
import { list, literal } from './sql.ts';

export const LABELS = ['first', 'last', 'none'] as const;

/** Form of the rows for programs of others. */
export interface SplitsFormat {
  /** True for a first line with the names of the columns. */
  readonly header: boolean;
  /** Position of the label in the files that training reads. */
  readonly label: (typeof LABELS)[number];
  readonly contentType: 'text/csv';
}

export interface RowsToWrite {
  /** The job's folder of outputs. */
  readonly output: string;
  /** Name of the files. */
  readonly shard: string;
  /** Rows by split. */
  readonly rows: Readonly<Record<Split, number>>;
  readonly columns: Columns;
  /** Classes in the order of their indexes; null for a numeric label. */
  readonly classes: readonly string[] | null;
  readonly format: SplitsFormat;
}

/**
 * Writes the splits as CSV of numbers: `train/` and `validation/` with the label, and `rows/validation/` and `rows/test/`
 * without it, in the order of `scoring/`. A class is its index, a boolean 1 or 0, an empty cell stays empty. There is no
 * file for a split without rows: programs that look at the first line of the first file would find none.
 */
export async function writeRows(db: Database, rows: RowsToWrite): Promise<void> {
  const { label, features } = rows.columns;
  const { format, classes } = rows;
  const answer = { name: label.name, sql: labelNumber(label, classes) };
  const inputs = features.map((column) => ({ name: column.name, sql: number(column) }));
  const trained = {
    first: [answer, ...inputs],
    last: [...inputs, answer],
    none: inputs,
  }[format.label];
  for (const split of TRAINED) await write(db, rows, split, split, trained);
  for (const split of SCORED) await write(db, rows, path.join('rows', split), split, inputs);
}

interface Written {
  readonly name: string;
  readonly sql: string;
}

async function write(
  db: Database,
  { output, shard, rows, format }: RowsToWrite,
  folder: string,
  split: Split,
  columns: readonly Written[],
): Promise<void> {
  if (rows[split] === 0) return;
  await mkdir(path.join(output, folder), { recursive: true });
  const select = `SELECT ${columns.map(({ sql }, index) => `${sql} AS c${index}`).join(', ')} FROM rows
    WHERE split = ${SPLIT_NUMBERS[split]}`;
  // DuckDB's own header would rename a column that differs from another one only in case.
  const header = `SELECT ${columns.map(({ name }, index) => `${literal(name)} AS c${index}`).join(', ')}`;
  await db.run(
    `COPY (${format.header ? `${header} UNION ALL ` : ''}${select})
     TO ${literal(path.join(output, folder, `${shard}.csv`))} (FORMAT csv, HEADER false)`,
  );
}

/** Returns the SQL of a feature's number as text; NULL for an empty cell. */
function number({ type, sql }: Column): string {
  return type === 'boolean' ? `(CASE WHEN ${sql} THEN '1' WHEN NOT ${sql} THEN '0' END)` : `${sql}::VARCHAR`;
}

function labelNumber({ sql }: Column, classes: readonly string[] | null): string {
  if (classes === null) return `${sql}::VARCHAR`;
  return `(list_position(${list(classes.map(literal))}, ${sql}) - 1)::VARCHAR`;
}
