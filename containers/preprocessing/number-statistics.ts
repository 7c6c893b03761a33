import type { NumberStatistics } from '../table/report.ts';
import type { Column } from './columns.ts';
import type { Database } from './database.ts';
import { list } from './sql.ts';

const BATCH_COLUMNS = 100;
/** Up to here the values of many columns are sorted by one statement; above, a column at a time. */
const FEW_ROWS = 20_000;
const MOST_QUANTILES = 1_001;
/** Of all columns together: a report is read as a whole. */
const ALL_QUANTILES = 200_000;

/** Returns what columns of numbers hold in a split. */
export async function numberStatistics(
  db: Database,
  columns: readonly Column[],
  split: number,
  rows: number,
): Promise<Map<Column, NumberStatistics>> {
  const found = new Map<Column, NumberStatistics>();
  const quantiles = Math.max(
    11,
    Math.min(MOST_QUANTILES, Math.floor(ALL_QUANTILES / Math.max(1, columns.length))),
  );
  for (let start = 0; start < columns.length; start += BATCH_COLUMNS) {
    const batch = columns.slice(start, start + BATCH_COLUMNS);
    const sorted = rows <= FEW_ROWS ? await sortTogether(db, batch, split, quantiles) : undefined;
    const totals = await sums(db, batch, split);
    for (const [index, column] of batch.entries()) {
      const { count, sum, low, high } = totals[index]!;
      found.set(column, {
        kind: 'number',
        rows,
        missing: rows - count,
        sum: Number((sum ?? 0).toPrecision(12)),
        low,
        high,
        quantiles: sorted?.[index] ?? (await sortAlone(db, column, split, count, quantiles)),
      });
    }
  }
  return found;
}

interface Sums {
  readonly count: number;
  readonly sum: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** The sum's last digits depend on the order in which threads add up, so they are of no use. */
async function sums(db: Database, columns: readonly Column[], split: number): Promise<Sums[]> {
  const each = columns.map(
    ({ sql }) => `{count: count(${sql}), sum: fsum(${sql}::DOUBLE), low: min(${sql}), high: max(${sql})}`,
  );
  const [row] = await db.rows<{ all: Sums[] }>(
    `SELECT ${each.map((sql, index) => `${sql} AS s${index}`).join(', ')} FROM rows WHERE split = ${split}`,
  );
  return columns.map((_, index) => (row as unknown as Record<string, Sums>)[`s${index}`]!);
}

async function sortTogether(
  db: Database,
  columns: readonly Column[],
  split: number,
  quantiles: number,
): Promise<number[][]> {
  const each = columns.map(
    ({ sql }, index) => `list_sort(list(${sql}) FILTER (${sql} IS NOT NULL)) AS s${index}`,
  );
  const [row] = await db.rows<Record<string, number[] | null>>(
    `SELECT ${each.join(', ')} FROM rows WHERE split = ${split}`,
  );
  return columns.map((_, index) => {
    const values = row![`s${index}`] ?? [];
    return places(values.length, quantiles).map((place) => values[place]!);
  });
}

async function sortAlone(
  db: Database,
  { sql }: Column,
  split: number,
  count: number,
  quantiles: number,
): Promise<number[]> {
  await db.run(`CREATE OR REPLACE TEMP TABLE sorted AS
    SELECT ${sql} AS value FROM rows WHERE split = ${split} AND ${sql} IS NOT NULL ORDER BY value`);
  const picked = await db.rows<{ values: number[] | null }>(
    `SELECT list(value ORDER BY value) AS values FROM sorted WHERE rowid IN (SELECT unnest(${list(places(count, quantiles))}))`,
  );
  await db.run('DROP TABLE sorted');
  return picked[0]!.values ?? [];
}

/** Returns where quantiles are among sorted values: everywhere if these are few. */
function places(count: number, quantiles: number): number[] {
  if (count <= quantiles) return Array.from({ length: count }, (_, index) => index);
  return Array.from({ length: quantiles }, (_, index) => Math.round((index * (count - 1)) / (quantiles - 1)));
}
