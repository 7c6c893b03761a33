import type { Split } from '../table/report.ts';
import type { Columns } from './columns.ts';
import type { Database } from './database.ts';
import { list, literal } from './sql.ts';
import type { Settings } from './settings.ts';

/** Rows of `cells` by file: their count, and the number of the first one. */
export interface FileRows {
  readonly rows: number;
  readonly first: number;
  /** Rows set aside. */
  readonly rejected: number;
}

/** Splits that training reads, and those of the evaluation. */
export const TRAINED: readonly Split[] = ['train', 'validation'];
export const SCORED: readonly Split[] = ['validation', 'test'];

/** Numbers of the splits in the database. */
export const SPLIT_NUMBERS = { train: 0, validation: 1, test: 2 } as const;

/** Returns, for each file, its rows in `cells`. */
export async function countRows(db: Database, files: number): Promise<FileRows[]> {
  const counted = await db.rows<FileRows & { file: number; last: number }>(`
    SELECT file, count(*) AS rows, min(rowid) AS first, max(rowid) AS last, count(raw) AS rejected FROM cells GROUP BY file`);
  const scattered = counted.find(({ rows, first, last }) => last - first + 1 !== rows);
  if (scattered) throw new Error(`the rows of file ${scattered.file} are not contiguous`);
  const byFile = new Map(counted.map((row) => [row.file, row]));
  return Array.from({ length: files }, (_, file) => byFile.get(file) ?? { rows: 0, first: 0, rejected: 0 });
}

/**
 * Moves the good rows from `cells` into `rows`, in their order, with `split`, the number of their split.
 *
 * A row's split depends on its position, i.e. its file's name and its number in it, on its id, or on its time; never on
 * its content. Hence copies of a row spread over the splits, and correcting a cell moves no row.
 */
export async function splitRows(
  db: Database,
  columns: Columns,
  names: readonly string[],
  counts: readonly FileRows[],
  settings: Settings,
): Promise<void> {
  const split = columns.time
    ? await timeSplit(db, columns.time.sql, settings)
    : hashSplit(columns.id ? columns.id.sql : positionOf(names, counts), settings);
  const kept = [columns.label, ...columns.features, ...columns.extras].map(({ sql }) => sql);
  await db.run(
    `CREATE TABLE rows AS SELECT (${split})::UTINYINT AS split, ${kept.join(', ')} FROM cells WHERE raw IS NULL`,
  );
}

/** Returns the SQL of a text that names a row's file and its number in it, from 1. */
function positionOf(names: readonly string[], counts: readonly FileRows[]): string {
  const name = `${list(names.map(literal))}[file + 1]`;
  const first = `${list(counts.map((file) => file.first))}[file + 1]`;
  return `${name} || chr(10) || (rowid - ${first} + 1)`;
}

/** Returns the SQL of a row's split by the first 64 bits of the text's MD5 digest. */
function hashSplit(text: string, { testFraction, validationFraction }: Settings): string {
  const position = `md5_number_lower(${text})::DOUBLE / 18446744073709551616`;
  return `CASE WHEN ${position} < ${testFraction} THEN ${SPLIT_NUMBERS.test}
    WHEN ${position} < ${testFraction + validationFraction} THEN ${SPLIT_NUMBERS.validation} ELSE ${SPLIT_NUMBERS.train} END`;
}

async function timeSplit(db: Database, time: string, settings: Settings): Promise<string> {
  const test = await newest(db, time, 'raw IS NULL', settings.testFraction);
  const rest = test === null ? 'raw IS NULL' : `raw IS NULL AND ${time} < ${test}`;
  const validation = await newest(db, time, rest, settings.validationFraction);
  const from = (bound: string | null) => (bound === null ? 'false' : `${time} >= ${bound}`);
  return `CASE WHEN ${from(test)} THEN ${SPLIT_NUMBERS.test}
    WHEN ${from(validation)} THEN ${SPLIT_NUMBERS.validation} ELSE ${SPLIT_NUMBERS.train} END`;
}

/**
 * Returns the SQL of the time after which about `fraction` of the rows that meet a condition lie. Rows of one time stay
 * together, and some rows stay older. Null if that is not possible, or the fraction is 0.
 */
async function newest(
  db: Database,
  time: string,
  condition: string,
  fraction: number,
): Promise<string | null> {
  if (fraction === 0) return null;
  const [cut] = await db.rows<{ bound: string }>(`
    WITH times AS (SELECT ${time} AS t, count(*) AS n FROM cells WHERE ${condition} GROUP BY t),
      counted AS (SELECT t, sum(n) OVER (ORDER BY t DESC) AS newer, sum(n) OVER () AS total FROM times)
    SELECT t::VARCHAR || '::' || typeof(t) AS bound FROM counted WHERE newer < total
    ORDER BY abs(newer - ${fraction} * (SELECT count(*) FROM cells WHERE raw IS NULL)), t DESC LIMIT 1`);
  return cut?.bound ?? null;
}
