import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Split } from '../table/report.ts';
import type { Column, Columns } from './columns.ts';
import type { Database } from './database.ts';
import { SPLIT_NUMBERS } from './split.ts';
import { literal } from './sql.ts';

/**
 * Writes the rows of a split as CSV, with the cells' values in canonical form: a client's request, and the true answer.
 */
export async function writeScoring(
  db: Database,
  folder: string,
  name: string,
  split: Split,
  columns: Columns,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const written = [columns.label, ...columns.features, ...columns.extras];
  // DuckDB's own header would rename a column that differs from another one only in case.
  const header = written.map(({ name }, index) => `${literal(name)} AS c${index}`);
  await db.run(`COPY (
    SELECT ${header.join(', ')} UNION ALL
    SELECT ${written.map(canonical).join(', ')} FROM rows WHERE split = ${SPLIT_NUMBERS[split]}
  ) TO ${literal(path.join(folder, `${name}.csv`))} (FORMAT csv, HEADER false)`);
}

/** Returns the SQL of a value's canonical text. */
export function canonical({ type, sql }: Column): string {
  switch (type) {
    case 'number':
    case 'boolean':
      return `${sql}::VARCHAR`;
    case 'datetime':
      return `replace(strftime(make_timestamp(${sql} * 1000), '%Y-%m-%dT%H:%M:%S.%gZ'), '.000Z', 'Z')`;
    case 'category':
    case 'text':
      return sql;
  }
}
