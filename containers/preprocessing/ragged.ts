import { stat } from 'node:fs/promises';
import { TableError } from '../table/errors.ts';
import { escapeText } from '../table/escape.ts';
import type { Database } from './database.ts';
import type { Group } from './groups.ts';
import { rejectsTable } from './source.ts';

/**
 * Maximum lines of one row with a fault in its quotation marks: in a longer one, the mark of a single cell has
 * swallowed rows.
 */
const MOST_LINES = 10;

/** A line that is not a row of the table. */
export interface RaggedRow {
  /** Number of the file. */
  readonly file: number;
  /** Row number from 1, without the header. */
  readonly row: number;
  readonly text: string;
  readonly reason: string;
}

interface Reject {
  readonly path: string;
  readonly line: number;
  readonly start: number;
  readonly text: string;
  readonly type: string;
  readonly message: string;
}

/**
 * Returns the lines that DuckDB set aside while it read the groups.
 *
 * @throws TableError if they show that a file cannot be read as a whole
 */
export async function raggedRows(db: Database, groups: readonly Group[]): Promise<RaggedRow[]> {
  const rows: RaggedRow[] = [];
  let first = 0;
  for (const [number, { head, files }] of groups.entries()) {
    if (head.format === 'csv') {
      const byPath = new Map(files.map(({ path, name }, index) => [path, { name, index: first + index }]));
      for (const reject of await rejects(db, number)) {
        const { name, index } = byPath.get(reject.path)!;
        await checkWhole(reject, name);
        rows.push({
          file: index,
          row: reject.line - 1 - head.csv!.skip,
          text: reject.text,
          reason: reasonOf(reject),
        });
      }
    }
    first += files.length;
  }
  return rows;
}

async function rejects(db: Database, group: number): Promise<Reject[]> {
  const table = rejectsTable(group);
  return db.rows<Reject>(`
    SELECT any_value(file_path) AS path, line, min(line_byte_position) AS start, any_value(csv_line)[1:2000000] AS text,
      min(error_type)::VARCHAR AS type, any_value(error_message) AS message
    FROM ${table} JOIN scans_${group} USING (scan_id, file_id) GROUP BY file_id, line ORDER BY file_id, line`);
}

async function checkWhole({ type, line, path, start, text }: Reject, name: string): Promise<void> {
  if (type === 'INVALID ENCODING') {
    throw new TableError(
      `${name}: line ${line} is not UTF-8, as the lines before it are: ${escapeText(text)}; save the whole file as UTF-8`,
    );
  }
  if (type === 'LINE SIZE OVER MAXIMUM') {
    throw new TableError(
      `${name}: line ${line} is longer than 2 MB: ${escapeText(text)}; is a quotation mark before it left open?`,
    );
  }
  if (type !== 'UNQUOTED VALUE') return;
  const lines = text.split(/\r\n|\r|\n/).length;
  if (lines > MOST_LINES || start + Buffer.byteLength(text) + 2 >= (await stat(path)).size) {
    throw new TableError(
      `${name}: a quotation mark in line ${line} is never closed: ${escapeText(text)}; close it, or double it within a cell`,
    );
  }
}

function reasonOf({ type, message }: Reject): string {
  const fields = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(message);
  if (type === 'MISSING COLUMNS' && fields) return `has ${fields[2]} fields, the header ${fields[1]}`;
  if (type === 'TOO MANY COLUMNS')
    return `has more fields than the header${fields ? `, which has ${fields[1]}` : ''}`;
  if (type === 'UNQUOTED VALUE') return 'has text after a closing quotation mark';
  return `not readable (${type.toLowerCase()})`;
}
