import { checkCells, MOST, raggedRows } from './check-cells.ts';
import { TableError } from './errors.ts';
import { escapeText } from './escape.ts';
import type { Head } from './head.ts';
import { nearestName, quoteNames } from './names.ts';
import { schemaColumns, type Schema } from './schema.ts';

/**
 * Checks a file's columns and the cells of its first rows against the schema.
 *
 * @param name of the file, for messages
 * @param tolerated share of the sampled rows that may have a bad cell in a column
 * @throws TableError naming all columns with faults: rows concerned, examples and a remedy for each
 */
export function checkHead(head: Head, schema: Schema, name: string, tolerated?: number): void {
  checkColumns(head, schema, name);
  const faults = checkCells(head, schema, tolerated);
  if (faults.length > 0) throw new TableError(`${name}:\n${faults.map((fault) => `- ${fault}`).join('\n')}`);
}

/**
 * Returns the share of bad cells that a sample may have where the run allows a share of bad rows: none if it allows
 * none. A few hundred rows cannot distinguish small shares, so only faults of whole columns count where it allows any.
 */
export function toleratedShare(allowedFraction: number): number {
  return allowedFraction === 0 ? 0 : Math.max(allowedFraction, MOST);
}

/**
 * Checks that the file has rows, and the columns of the schema.
 *
 * @throws TableError naming every missing column, and the file's columns
 */
export function checkColumns(head: Head, schema: Schema, name: string): void {
  const wanted = schemaColumns(schema);
  const missing = wanted.filter((column) => !head.columns.includes(column));
  if (missing.length > 0) throw new TableError(`${name}: ${missingColumns(missing, head, schema)}`);
  const nested = wanted.filter((column) => head.nested.includes(column));
  if (nested.length > 0) {
    throw new TableError(
      `${name}: the columns ${quoteNames(nested)} hold objects or lists; a cell is one value: write a column for each`,
    );
  }
  checkSomeRows(head, name);
}

/**
 * Checks that the file has rows, and that most of them have as many fields as the header.
 *
 * @throws TableError with the number of rows that do not
 */
export function checkRows(head: Head, name: string): void {
  checkSomeRows(head, name);
  const whole = head.rows.filter(({ length }) => length === head.columns.length);
  if (whole.length < (1 - MOST) * head.rows.length) throw new TableError(`${name}: ${raggedRows(head)}`);
}

function checkSomeRows(head: Head, name: string): void {
  if (head.rows.length > 0 || !head.complete || head.format === 'parquet') return;
  throw new TableError(`${name}: has a header but no rows; remove the file or upload it again`);
}

function missingColumns(missing: readonly string[], head: Head, schema: Schema): string {
  const named = head.columns.filter((column) => column !== '');
  const has = `the file has ${named.length > 0 ? quoteNames(named) : 'no column with a name'}`;
  if (missing.length === schemaColumns(schema).length && head.csv) {
    return `the first line names no column of the schema (${quoteNames(missing, 10)}); ${has}; is the header missing?`;
  }
  const which = missing.slice(0, 20).map((column) => {
    const near = nearestName(column, named);
    return `"${escapeText(column)}"${near === undefined ? '' : ` (did you mean "${escapeText(near)}"?)`}`;
  });
  const more = missing.length > 20 ? ` and ${missing.length - 20} more` : '';
  const what =
    missing.length === 1
      ? `column ${which[0]} of the schema is`
      : `columns ${which.join(', ')}${more} of the schema are`;
  return `${what} missing; ${has}; correct the header or the schema`;
}
