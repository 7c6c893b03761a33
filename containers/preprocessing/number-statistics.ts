import type { NumberStatistics } from '../table/report.ts';
import type { Column } from './columns.ts';
import type { Database } from './database.ts';
import { list } from './sql.ts';

/**
 * Up to this number of rows, the values of many columns are fetched at once; above it, the database sorts one column at
 * a time.
 */
const FEW_ROWS = 20_000;
const BATCH_COLUMNS = 500;
const MOST_QUANTILES = 1_001;
/** Quantiles of all columns together: a report is read as a whole. */
const ALL_QUANTILES = 200_000;

/** Returns the statistics of numeric columns in a split. */
export async function numberStatistics(
  db: Database,
  columns: readonly Column[],
  split: number,
  rows: number,
): Promise<Map<Column, NumberStatistics>> {
  const found = new Map<Column, NumberStatistics>();
  const share = Math.floor(ALL_QUANTILES / Math.max(1, columns.length));
  const quantiles = Math.max(11, Math.min(MOST_QUANTILES, share));
  const gather = rows <= FEW_ROWS ? fetchSorted : sortInDatabase;
  for (let start = 0; start < columns.length; start += BATCH_COLUMNS) {
    const batch = columns.slice(start, start + BATCH_COLUMNS);
    const gathered = await gather(db, batch, split, quantiles);
    for (const [index, column] of batch.entries()) {
      const { count, sum, ...others } = gathered[index]!;
      // The last digits depend on the threads' order of addition.
      const rounded = Number((sum ?? 0).toPrecision(12));
      found.set(column, { kind: 'number', rows, missing: rows - count, sum: rounded, ...others });
    }
  }
  return found;
}

interface Gathered {
  /** Number of values. */
  readonly count: number;
  readonly sum: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly quantiles: readonly number[];
}

async function fetchSorted(
  db: Database,
  columns: readonly Column[],
  split: number,
  quantiles: number,
): Promise<Gathered[]> {
  const parts = columns.map((): Float64Array[] => []);
  const cells = columns.map(({ sql }) => `coalesce(${sql}::DOUBLE, 'nan'::DOUBLE)`);
  for await (const chunk of db.chunks(`SELECT ${cells.join(', ')} FROM rows WHERE split = ${split}`)) {
    parts.forEach((part, index) => {
      const { items } = chunk.getColumnVector(index) as unknown as { items: Float64Array };
      // The memory of the chunk is reused.
      part.push(items.filter((value) => !Number.isNaN(value)));
    });
  }
  return parts.map((part) => {
    const values = Float64Array.from(part.flatMap((items) => [...items])).sort();
    return {
      count: values.length,
      sum: values.reduce((sum, value) => sum + value, 0),
      low: values[0] ?? null,
      high: values.at(-1) ?? null,
      quantiles: positions(values.length, quantiles).map((position) => values[position]!),
    };
  });
}

async function sortInDatabase(
  db: Database,
  columns: readonly Column[],
  split: number,
  quantiles: number,
): Promise<Gathered[]> {
  const each = columns.map(
    ({ sql }, index) =>
      `{count: count(${sql}), sum: fsum(${sql}::DOUBLE), low: min(${sql}), high: max(${sql})} AS s${index}`,
  );
  const [totals] = await db.rows<Record<string, Omit<Gathered, 'quantiles'>>>(
    `SELECT ${each.join(', ')} FROM rows WHERE split = ${split}`,
  );
  const gathered: Gathered[] = [];
  for (const [index, { sql }] of columns.entries()) {
    const total = totals![`s${index}`]!;
    await db.run(`CREATE OR REPLACE TEMP TABLE sorted AS
      SELECT ${sql} AS value FROM rows WHERE split = ${split} AND ${sql} IS NOT NULL ORDER BY value`);
    const picked = await db.rows<{ values: number[] | null }>(`SELECT list(value ORDER BY value) AS values
      FROM sorted WHERE rowid IN (SELECT unnest(${list(positions(total.count, quantiles))}::BIGINT[]))`);
    gathered.push({ ...total, quantiles: picked[0]!.values ?? [] });
  }
  return gathered;
}

/** Returns the positions of quantiles among sorted values: all positions if there are few values. */
function positions(count: number, quantiles: number): number[] {
  if (count <= quantiles) return Array.from({ length: count }, (_, index) => index);
  return Array.from({ length: quantiles }, (_, index) => Math.round((index * (count - 1)) / (quantiles - 1)));
}
