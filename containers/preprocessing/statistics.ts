import {
  MAX_VALUES,
  SPLITS,
  type ColumnStatistics,
  type NumberStatistics,
  type Split,
  type ValueStatistics,
} from '../table/report.ts';
import type { Column, Columns } from './columns.ts';
import type { Database } from './database.ts';
import type { Dictionaries } from './matrix.ts';
import { numberStatistics } from './number-statistics.ts';
import { SPLIT_NUMBERS } from './split.ts';
import { list } from './sql.ts';

export interface Statistics {
  readonly rows: Record<Split, number>;
  readonly label: Record<Split, ColumnStatistics>;
  readonly features: Record<string, ColumnStatistics>;
  readonly dictionaries: Dictionaries;
}

/** Maximum cells per statement that counts values. */
const BATCH_CELLS = 4_000_000;
const BATCH_COLUMNS = 500;

/** Returns the statistics of the columns of `rows`: of the label by split, of the features in the training rows. */
export async function gatherStatistics(db: Database, columns: Columns): Promise<Statistics> {
  const rows = await countSplits(db);
  const dictionaries = new Map<string, string[]>();
  const label = await labelStatistics(db, columns.label, rows, dictionaries);
  const found = new Map<Column, ColumnStatistics>();
  const of = (...types: string[]) => columns.features.filter(({ type }) => types.includes(type));
  await valueStatistics(db, of('category', 'boolean'), rows, found, dictionaries);
  const numbers = await numberStatistics(db, of('number', 'datetime'), SPLIT_NUMBERS.train, rows.train);
  for (const [column, statistics] of numbers) found.set(column, statistics);
  for (const column of of('text')) {
    const [count] = await db.rows<{ n: number }>(
      `SELECT count(${column.sql}) AS n FROM rows WHERE split = ${SPLIT_NUMBERS.train}`,
    );
    found.set(column, { kind: 'text', rows: rows.train, missing: rows.train - count!.n });
  }
  return {
    rows,
    label,
    features: Object.fromEntries(columns.features.map((column) => [column.name, found.get(column)!])),
    dictionaries,
  };
}

async function countSplits(db: Database): Promise<Record<Split, number>> {
  const counted = await db.rows<{ split: number; n: number }>(
    `SELECT split, count(*) AS n FROM rows GROUP BY split`,
  );
  const count = (split: Split) => counted.find((row) => row.split === SPLIT_NUMBERS[split])?.n ?? 0;
  return bySplit(count);
}

async function labelStatistics(
  db: Database,
  label: Column,
  rows: Record<Split, number>,
  dictionaries: Map<string, string[]>,
): Promise<Record<Split, ColumnStatistics>> {
  const statistics = new Map<Split, ColumnStatistics>();
  if (label.type === 'number') {
    for (const split of SPLITS) {
      const numbers: ReadonlyMap<Column, NumberStatistics> = await numberStatistics(
        db,
        [label],
        SPLIT_NUMBERS[split],
        rows[split],
      );
      statistics.set(split, numbers.get(label)!);
    }
    return bySplit((split) => statistics.get(split)!);
  }
  const counts = await countValues(db, [label]);
  const values = counts.get(label)!;
  dictionaries.set(
    label.sql,
    values.rows.map(({ value }) => value),
  );
  return bySplit((split) => valuesOf(values, split, rows[split]));
}

async function valueStatistics(
  db: Database,
  columns: readonly Column[],
  rows: Record<Split, number>,
  found: Map<Column, ColumnStatistics>,
  dictionaries: Map<string, string[]>,
): Promise<void> {
  const total = SPLITS.reduce((sum, split) => sum + rows[split], 0);
  const size = Math.min(BATCH_COLUMNS, Math.max(1, Math.floor(BATCH_CELLS / Math.max(1, total))));
  for (let start = 0; start < columns.length; start += size) {
    for (const [column, values] of await countValues(db, columns.slice(start, start + size))) {
      found.set(column, valuesOf(values, 'train', rows.train));
      if (column.type === 'category')
        dictionaries.set(
          column.sql,
          values.rows.map(({ value }) => value),
        );
    }
  }
}

interface Values {
  /** Distinct values, and rows with one, by split. */
  readonly distinct: Record<Split, number>;
  readonly filled: Record<Split, number>;
  /** The most frequent first; empty if there are too many. */
  readonly rows: readonly ({ readonly value: string } & Record<Split, number>)[];
}

/** Counts the rows of each value, by split. */
async function countValues(db: Database, columns: readonly Column[]): Promise<Map<Column, Values>> {
  const splitCounts = SPLITS.map((split) => `count(*) FILTER (split = ${SPLIT_NUMBERS[split]}) AS ${split}`);
  await db.run(`CREATE OR REPLACE TEMP TABLE counts AS SELECT column_index, value, count(*) AS n, ${splitCounts.join(', ')}
    FROM (SELECT split, unnest(${list(columns.map((_, index) => index))}) AS column_index,
      unnest(${list(columns.map(({ sql }) => `${sql}::VARCHAR`))}) AS value FROM rows)
    WHERE value IS NOT NULL GROUP BY column_index, value`);
  const totals = await db.rows<{ column_index: number; values: number } & Record<string, number>>(`
    SELECT column_index, count(*) AS values, ${SPLITS.map(
      (split) => `count(*) FILTER (${split} > 0) AS ${split}, sum(${split}) AS ${split}_filled`,
    ).join(', ')} FROM counts GROUP BY column_index`);
  const few = totals.filter(({ values }) => values <= MAX_VALUES).map(({ column_index }) => column_index);
  const rows =
    few.length === 0
      ? []
      : await db.rows<{ column_index: number; value: string } & Record<Split, number>>(`
    SELECT column_index, value, ${SPLITS.join(', ')} FROM counts WHERE column_index IN (${few.join(', ')}) ORDER BY column_index, n DESC, value`);
  const byColumn = Map.groupBy(rows, ({ column_index }) => column_index);
  return new Map(
    columns.map((column, index) => {
      const total = totals.find((row) => row.column_index === index);
      return [
        column,
        {
          distinct: bySplit((split) => total?.[split] ?? 0),
          filled: bySplit((split) => total?.[`${split}_filled`] ?? 0),
          rows: byColumn.get(index) ?? [],
        },
      ];
    }),
  );
}

function valuesOf(values: Values, split: Split, rows: number): ValueStatistics {
  const counts = values.rows.filter((row) => row[split] > 0).map((row) => [row.value, row[split]] as const);
  return {
    kind: 'values',
    rows,
    missing: rows - values.filled[split],
    distinct: values.distinct[split],
    counts: [...counts].sort((a, b) => b[1] - a[1]),
  };
}

function bySplit<T>(value: (split: Split) => T): Record<Split, T> {
  return Object.fromEntries(SPLITS.map((split) => [split, value(split)])) as Record<Split, T>;
}

/**
 * Returns the counts of the rows (features and label) with the most copies, by a digest of the row; rows that occur
 * once in a split are left out.
 */
export async function countCopies(
  db: Database,
  columns: Columns,
): Promise<Record<Split, Record<string, number>>> {
  const cells = [columns.label, ...columns.features].map(({ sql }) => sql);
  // DuckDB's hash is fast, but may differ between versions: the digest of the reported rows does not.
  const copies = await db.rows<{ split: number; n: number; example: number }>(`
    SELECT split, count(*) AS n, min(rowid) AS example FROM rows GROUP BY split, hash(${cells.join(', ')})
    HAVING n > 1 QUALIFY row_number() OVER (PARTITION BY split ORDER BY n DESC, example) <= ${MOST_COPIES}
    ORDER BY split, n DESC, example`);
  if (copies.length === 0) return bySplit(() => ({}));
  const text = `concat_ws(chr(31), ${cells.map((sql) => `coalesce(${sql}::VARCHAR, chr(30))`).join(', ')})`;
  const examples = copies.map(({ example }) => example);
  const digests = await db.rows<{ example: number; digest: string }>(`
    SELECT rowid AS example, md5(${text}) AS digest FROM rows WHERE rowid IN (SELECT unnest(${list(examples)}))`);
  const digestOf = new Map(digests.map(({ example, digest }) => [example, digest]));
  return bySplit((split) =>
    Object.fromEntries(
      copies
        .filter((row) => row.split === SPLIT_NUMBERS[split])
        .map((row) => [digestOf.get(row.example)!, row.n]),
    ),
  );
}

const MOST_COPIES = 100;
