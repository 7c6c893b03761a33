import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { describeFault, FAULTS, remedyFor } from '../table/cell-faults.ts';
import { escapeText } from '../table/escape.ts';
import type { Problem } from '../table/report.ts';
import { NUMBER_PATTERN } from '../table/values.ts';
import type { Column } from './columns.ts';
import type { Database } from './database.ts';
import { allowedType, pointFor } from './load.ts';
import type { RaggedRow } from './ragged.ts';
import type { FileRows } from './split.ts';
import { list, literal } from './sql.ts';
import { isEmpty, parsedCell, typedValue } from './values-sql.ts';

const MOST_PROBLEMS = 100;
const EXAMPLES = 3;
const RAGGED_REMEDY =
  'quote cells that hold the separator, double quotation marks in them, and write empty cells too';

/** A file of the shard and its bad rows. */
export interface RejectingFile extends FileRows {
  readonly name: string;
  readonly decimalComma: boolean;
}

/**
 * Writes the bad cells of the rows set aside to `rejected/`, one line each, and returns the reasons, the most frequent
 * first.
 */
export async function writeRejects(
  db: Database,
  folder: string,
  shard: string,
  files: readonly RejectingFile[],
  columns: readonly Column[],
  ragged: readonly RaggedRow[],
): Promise<Problem[]> {
  await mkdir(folder, { recursive: true });
  await createTables(db, files, ragged);
  await findBadCells(db, columns);
  await db.run(`COPY (
    SELECT files.name AS file, bad.row, bad.name AS "column", bad.value[1:1000] AS value, bad.reason
    FROM bad JOIN files USING (file) ORDER BY bad.file, bad.row, bad.column_index
  ) TO ${literal(path.join(folder, `${shard}.csv`))} (FORMAT csv, HEADER)`);
  return findProblems(db, files, columns);
}

async function createTables(
  db: Database,
  files: readonly RejectingFile[],
  ragged: readonly RaggedRow[],
): Promise<void> {
  await db.run('CREATE TABLE files (file INTEGER, name VARCHAR, first BIGINT, decimal_comma BOOLEAN)');
  await db.run(
    'CREATE TABLE ragged (file INTEGER, row BIGINT, before BIGINT, value VARCHAR, reason VARCHAR)',
  );
  await db.run(`CREATE TABLE bad
    (file INTEGER, row BIGINT, column_index INTEGER, name VARCHAR, fault INTEGER, value VARCHAR, reason VARCHAR)`);
  await insert(
    db,
    'files',
    files.map(({ name, first, decimalComma }, file) => [file, literal(name), first, decimalComma]),
  );
  const before = new Map<number, number>();
  const lines = ragged.map(({ file, row, text, reason }) => {
    before.set(file, (before.get(file) ?? 0) + 1);
    return [file, row, before.get(file)!, literal(text.slice(0, 1000)), literal(reason)];
  });
  await insert(db, 'ragged', lines);
}

async function insert(db: Database, table: string, rows: readonly (readonly unknown[])[]): Promise<void> {
  const ROWS = 1000;
  for (let start = 0; start < rows.length; start += ROWS) {
    const values = rows.slice(start, start + ROWS).map((row) => `(${row.join(', ')})`);
    await db.run(`INSERT INTO ${table} VALUES ${values.join(', ')}`);
  }
}

/** Fills `bad`: the bad cells of the rows in `cells` that have `raw` texts, and the ragged rows as a whole. */
async function findBadCells(db: Database, columns: readonly Column[]): Promise<void> {
  // Ragged lines are not in `cells`: those before a row increase its number.
  await db.run(`CREATE TEMP TABLE set_aside AS
    SELECT bad.file, bad.row + coalesce(ragged.before, 0) AS row, bad.raw, bad.decimal_comma
    FROM (SELECT file, cells.rowid - first + 1 AS row, raw, decimal_comma
      FROM cells JOIN files USING (file) WHERE raw IS NOT NULL) AS bad
    ASOF LEFT JOIN ragged ON bad.file = ragged.file AND bad.row > ragged.row - ragged.before`);
  const [any] = await db.rows<{ n: number }>('SELECT count(*) AS n FROM set_aside');
  if (any!.n > 0) {
    for (const indexes of alikeColumns(columns)) await findBadCellsOf(db, columns, indexes);
  }
  await db.run('DROP TABLE set_aside');
  await db.run(`INSERT INTO bad SELECT file, row, -1, '', -1, value, reason FROM ragged`);
}

/** Returns the indexes of the columns that can have bad cells, grouped by equal rules. */
function alikeColumns(columns: readonly Column[]): number[][] {
  const indexes = columns.keys().filter((index) => !columns[index]!.lenient);
  const rules = ({ type, role, required, values, min, max }: Column) =>
    JSON.stringify([type, role, required, values, min, max]);
  return [...Map.groupBy(indexes, (index) => rules(columns[index]!)).values()];
}

async function findBadCellsOf(
  db: Database,
  columns: readonly Column[],
  indexes: readonly number[],
): Promise<void> {
  const column = columns[indexes[0]!]!;
  const reasons = FAULTS.map((fault, index) =>
    fault === 'values' && !column.values ? '' : `WHEN ${index} THEN ${literal(describeFault(column, fault))}`,
  );
  const names = list(indexes.map((index) => literal(columns[index]!.name)));
  const raw = list(indexes.map((index) => `raw[${index + 1}]`));
  await db.run(`INSERT INTO bad
    SELECT file, row, column_index, name, fault, value, CASE fault ${reasons.join(' ')} END
    FROM (SELECT file, row, column_index, name, value, ${faultOf(column)} AS fault FROM
      (SELECT *, ${typedValue(column.type, 'cell', parsedCell(column.type, 'cell'))} AS x FROM
        (SELECT file, row, column_index, name, trimmed(r) AS value, ${cellOf(column)} AS cell FROM
          (SELECT file, row, decimal_comma, unnest(${list(indexes)}) AS column_index, unnest(${names}) AS name, unnest(${raw}) AS r
            FROM set_aside))))
    WHERE fault IS NOT NULL`);
}

function cellOf({ type }: Column): string {
  return type === 'number' ? `CASE WHEN decimal_comma THEN ${pointFor('r')} ELSE r END` : 'r';
}

/** Returns the SQL of the fault's number in FAULTS, as faultOf() of ../table/cell-faults.ts. */
function faultOf(column: Column): string {
  const { type, required, values, min, max } = column;
  const when = (condition: string, fault: (typeof FAULTS)[number]) =>
    `WHEN ${condition} THEN ${FAULTS.indexOf(fault)}`;
  const cases = [when(isEmpty(type, 'value'), 'empty')];
  if (!required) cases[0] = `WHEN ${isEmpty(type, 'value')} THEN NULL`;
  if (type === 'number') {
    cases.push(when(`x IS NULL AND regexp_full_match(trimmed(cell), ${literal(NUMBER_PATTERN)})`, 'large'));
    if (min !== null) cases.push(when(`x < ${min}::DOUBLE`, 'below'));
    if (max !== null) cases.push(when(`x > ${max}::DOUBLE`, 'above'));
  }
  cases.push(when('x IS NULL', 'type'));
  if (values) cases.push(when(`TRY_CAST(x AS ${allowedType(column)}) IS NULL`, 'values'));
  return `CASE ${cases.join(' ')} END`;
}

interface Found {
  readonly file: number;
  readonly column_index: number;
  readonly fault: number;
  readonly reason: string;
  readonly rows: number;
  readonly examples: readonly { readonly row: number; readonly value: string | null }[];
}

async function findProblems(
  db: Database,
  files: readonly RejectingFile[],
  columns: readonly Column[],
): Promise<Problem[]> {
  const found = await db.rows<Found>(`
    SELECT file, column_index, fault, reason, count(*) AS rows, arg_min({row: row, value: value}, row, ${EXAMPLES}) AS examples
    FROM bad GROUP BY file, column_index, fault, reason ORDER BY rows DESC, file, column_index, reason LIMIT ${MOST_PROBLEMS}`);
  return found.map(({ file, column_index, fault, reason, rows, examples }) => {
    const column = columns[column_index];
    const values = examples.map(({ value }) => value ?? '');
    return {
      file: files[file]!.name,
      column: column?.name ?? '',
      reason,
      remedy: column ? remedyFor(column, FAULTS[fault]!, values, rows / files[file]!.rows) : RAGGED_REMEDY,
      rows,
      examples: examples.map(({ row, value }) => ({ row, value: escapeText(value ?? '') })),
    };
  });
}
