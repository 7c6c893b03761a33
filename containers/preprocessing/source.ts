import type { Column } from './columns.ts';
import type { Group } from './groups.ts';
import { identifier, list, literal } from './sql.ts';

/** Longest line of a CSV file: 20,000 columns of 100 characters. */
const MAX_LINE_BYTES = 2_000_000;

/** Names of the group's objects in the database, by its number. */
export const rejectsTable = (group: number) => `rejects_${group}`;
const pathsType = (group: number) => `paths_${group}`;

/** Returns the statement that must run before {@link sourceSelect}: an enumeration of the files' paths. */
export function sourceType(group: Group, number: number): string {
  return `CREATE TYPE ${pathsType(number)} AS ENUM (${group.files.map(({ path }) => literal(path)).join(', ')})`;
}

/**
 * Returns a SELECT of the group's rows in their order: `file`, the file's number in the group, and `r0`, `r1`, …: the
 * columns' cells as texts, NULL where a cell is empty or a file has no such column.
 */
export function sourceSelect(group: Group, number: number, columns: readonly Column[]): string {
  const paths = list(group.files.map(({ path }) => literal(path)));
  const file = `enum_code(filename::${pathsType(number)})::INTEGER AS file`;
  const position = (column: Column) => group.head.columns.indexOf(column.name);
  const cells = (cell: (column: Column) => string) =>
    columns.map((column, index) => `${cell(column)} AS r${index}`).join(', ');
  switch (group.head.format) {
    case 'csv':
      return `SELECT ${file}, ${cells((column) => (position(column) < 0 ? 'NULL' : `c${position(column)}`))}
        FROM ${readCsv(group, number, paths)}`;
    case 'parquet': {
      const names = group.head.columns.map((_, index) => `c${index}`);
      const text = (index: number) => (index < 0 ? 'NULL' : parquetText(`c${index}`, group.types[index]!));
      return `SELECT ${file}, ${cells((column) => text(position(column)))}
        FROM read_parquet(${paths}, filename = true, binary_as_string = true) AS t(${names.join(', ')}, filename)`;
    }
    case 'json':
    case 'jsonl': {
      const heads = group.files.map(({ head }) => head);
      const keys = new Map(
        heads.flatMap((head) => head.columns.map((name, index) => [name, head.keys[index]!])),
      );
      const jsonKey = (name: string) => keys.get(name) ?? name;
      const format = group.head.format === 'json' ? 'array' : 'newline_delimited';
      const pointers = list(
        columns.map(({ name }) => literal(`/${jsonKey(name).replaceAll('~', '~0').replaceAll('/', '~1')}`)),
      );
      return `SELECT file, ${columns.map((_, index) => `cells[${index + 1}] AS r${index}`).join(', ')}
        FROM (SELECT ${file}, json_extract_string(json, ${pointers}) AS cells
          FROM read_json_objects(${paths}, format = '${format}', compression = 'uncompressed', filename = true))`;
    }
  }
}

function readCsv(group: Group, number: number, paths: string): string {
  const { delimiter, quote, skip, fields } = group.head.csv!;
  const names = Array.from({ length: fields }, (_, index) => `c${index}: 'VARCHAR'`);
  return `read_csv(${paths}, auto_detect = false, compression = 'none', header = true, skip = ${skip}, delim = ${literal(delimiter)},
    quote = ${literal(quote)}, escape = ${literal(quote)}, columns = {${names.join(', ')}}, filename = true,
    max_line_size = ${MAX_LINE_BYTES}, store_rejects = true, rejects_limit = 0,
    rejects_table = '${rejectsTable(number)}', rejects_scan = 'scans_${number}')`;
}

/** Returns the SQL of a text that the rest of the program parses, from a value of one of DuckDB's types. */
function parquetText(column: string, type: string): string {
  const cell = identifier(column);
  // Without this, the zone has two digits.
  if (type === 'TIMESTAMP WITH TIME ZONE') return `(${cell} AT TIME ZONE 'UTC')::VARCHAR`;
  return `${cell}::VARCHAR`;
}
