import type { Column } from './columns.ts';
import type { Database } from './database.ts';
import { asFault, type Group } from './groups.ts';
import { sourceSelect, sourceType } from './source.ts';
import { anyOf, enumeration, list } from './sql.ts';
import { isEmpty, parsedCell, SQL_TYPES, typedValue } from './values-sql.ts';

/**
 * Columns per statement. DuckDB processes 2,048 rows at a time for a table of any size: a column takes about 200 KB of
 * memory.
 */
const BATCH = 300;

/**
 * Reads the groups' files into the table `cells`, in the order of groups, files and rows: `file`, the file's number
 * among all; a column for each of `columns`; `raw`, the row's texts if one of them is bad, else NULL.
 *
 * @throws TableError if a file cannot be read to its end
 */
export async function loadCells(
  db: Database,
  groups: readonly Group[],
  columns: readonly Column[],
): Promise<void> {
  const types = columns.map(({ sql, type }) => `${sql} ${SQL_TYPES[type]}`);
  await db.run(`CREATE TABLE cells (file INTEGER, ${types.join(', ')}, raw VARCHAR[])`);
  for (const column of columns) {
    const { values } = column;
    if (values) await db.run(`CREATE TYPE ${allowedType(column)} AS ${enumeration(values)}`);
  }
  let first = 0;
  for (const [number, group] of groups.entries()) {
    await db.run(sourceType(group, number));
    const texts = withoutEmptyRows(sourceSelect(group, number, columns), columns.length);
    const decimalComma = group.head.csv?.decimalComma ?? false;
    const load = columns.length <= BATCH ? loadAtOnce : loadInBatches;
    try {
      await load(db, { texts, first, columns, decimalComma });
    } catch (error) {
      throw asFault(error, group);
    }
    first += group.files.length;
  }
}

/** Returns the SQL without rows that are empty: spreadsheets export them as lines of separators. */
function withoutEmptyRows(source: string, columns: number): string {
  const filled = Array.from({ length: columns }, (_, index) => `trim(r${index}) <> ''`);
  return `SELECT * FROM (${source}) WHERE ${anyOf(filled)}`;
}

/** The cells of a group. */
interface Cells {
  /** SQL of the file's number in the group, and the row's texts. */
  readonly texts: string;
  /** Number of the group's first file among all. */
  readonly first: number;
  readonly columns: readonly Column[];
  readonly decimalComma: boolean;
}

async function loadAtOnce(db: Database, { texts, first, columns, decimalComma }: Cells): Promise<void> {
  await db.run(`INSERT INTO cells
    SELECT file + ${first}, ${names(columns)}, CASE WHEN ${faults(columns)} THEN ${rawTexts(columns)} END
    FROM ${typedCells(`(${texts})`, 'file', columns, 0, decimalComma)}`);
}

async function loadInBatches(db: Database, { texts, first, columns, decimalComma }: Cells): Promise<void> {
  await db.run(`CREATE TEMP TABLE texts AS ${texts}`);
  const batches: string[] = [];
  for (let start = 0; start < columns.length; start += BATCH) {
    const batch = columns.slice(start, start + BATCH);
    const name = `batch_${batches.length}`;
    await db.run(`CREATE TEMP TABLE ${name} AS SELECT ${names(batch)}, ${faults(batch, start)} AS ${name}_bad
      FROM ${typedCells('texts', '0', batch, start, decimalComma)}`);
    batches.push(name);
  }
  const bad = anyOf(batches.map((name) => `${name}_bad`));
  await db.run(`INSERT INTO cells
    SELECT file + ${first}, ${names(columns)}, CASE WHEN ${bad} THEN ${rawTexts(columns)} END
    FROM texts ${batches.map((name) => `POSITIONAL JOIN ${name}`).join(' ')}`);
  for (const name of ['texts', ...batches]) await db.run(`DROP TABLE ${name}`);
}

/** Returns the SQL of a relation with the columns' texts, `r0`, …, unchanged, and their values. */
function typedCells(
  source: string,
  file: string,
  columns: readonly Column[],
  start: number,
  decimalComma: boolean,
): string {
  const each = (sql: (column: Column, index: number) => string) =>
    columns.map((column, index) => sql(column, start + index)).join(', ');
  const number = (cell: string) => (decimalComma ? pointFor(cell) : cell);
  const text = ({ type }: Column, index: number) => (type === 'number' ? number(`r${index}`) : `r${index}`);
  const parsed = each((column, index) => `${parsedCell(column.type, text(column, index))} AS v${index}`);
  const typed = each(
    (column, index) => `${typedValue(column.type, text(column, index), `v${index}`)} AS ${column.sql}`,
  );
  const cells = each((_, index) => `r${index}`);
  return `(SELECT file, ${cells}, ${typed} FROM (SELECT ${file} AS file, ${cells}, ${parsed} FROM ${source}))`;
}

function rawTexts(columns: readonly Column[]): string {
  return list(columns.map((_, index) => `r${index}`));
}

function names(columns: readonly Column[]): string {
  return columns.map(({ sql }) => sql).join(', ');
}

/** Returns the cell with a point for its comma; NULL if it has a point already, which may separate thousands. */
export function pointFor(cell: string): string {
  return `CASE WHEN NOT contains(${cell}, '.') THEN replace(${cell}, ',', '.') END`;
}

/** Returns the name of the type that holds a column's allowed values. */
export function allowedType({ sql }: Column): string {
  return `allowed_${sql}`;
}

/** Returns the condition under which a row is set aside. */
function faults(columns: readonly Column[], start = 0): string {
  return anyOf(columns.flatMap((column, index) => columnFaults(column, `r${start + index}`)));
}

function columnFaults(column: Column, cell: string): string[] {
  const { sql, type, required, values, min, max, lenient } = column;
  if (lenient) return [];
  const faults: string[] = [];
  if (required) faults.push(`${sql} IS NULL`);
  else if (type !== 'category' && type !== 'text')
    faults.push(`(${sql} IS NULL AND NOT ${isEmpty(type, cell)})`);
  if (values) faults.push(`(${sql} IS NOT NULL AND TRY_CAST(${sql} AS ${allowedType(column)}) IS NULL)`);
  if (min !== null) faults.push(`${sql} < ${min}::DOUBLE`);
  if (max !== null) faults.push(`${sql} > ${max}::DOUBLE`);
  return faults;
}
