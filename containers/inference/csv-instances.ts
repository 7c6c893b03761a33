import { escapeText } from '../table/escape.ts';
import { ValueFault } from '../table/encoder.ts';
import { normalName } from '../table/names.ts';
import type { Notes } from '../table/notes.ts';
import { isMissing, parseNumber } from '../table/values.ts';
import { CsvError, parseCsv } from './csv.ts';
import { invalid } from './errors.ts';
import { checkRows, refused, type Encoded, type Table } from './request-table.ts';
import { unknownColumn } from './unknown-column.ts';

const OTHER_SEPARATORS = [
  [';', 'semicolons'],
  ['\t', 'tabs'],
  ['|', 'vertical bars'],
] as const;

/** Assignment of a record's cells to features. */
interface Layout {
  readonly named: boolean;
  readonly fields: number;
  /** Index of each feature's cell. */
  readonly cells: readonly number[];
  readonly ignored: readonly string[];
}

/**
 * Reads CSV: with a header, columns are found by name; without one, they are the features in the model's order.
 *
 * @param header true if the first line is one; undefined: it is one if it names every feature and has a cell that is
 * not a number
 * @throws RequestError `InvalidInput`
 */
export function encodeCsv(body: string, header: boolean | undefined, table: Table, notes: Notes): Encoded {
  const records = recordsOf(body, table);
  const first = records[0] ?? [];
  const named = header ?? namesAll(first, table);
  const layout = named ? headerLayout(first, table) : plainLayout(table);
  const rows = named ? records.slice(1) : records;
  checkRows(rows.length, table);
  try {
    checkLengths(rows, layout, table);
    const values = table.encoder.encodeCells(rows, layout.cells, notes);
    return { values, rows: rows.length, ignored: layout.ignored };
  } catch (error) {
    refuseOtherSeparator(error instanceof ValueFault ? rows[error.row]! : [], table);
    // A misspelt header has cells that no feature takes.
    if (header === undefined && !named && isAlmostHeader(first, table)) headerLayout(first, table);
    return refused(error);
  }
}

function recordsOf(body: string, table: Table): string[][] {
  try {
    return parseCsv(body);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // With another separator, quotes inside of a field may be quotes around one.
    refuseOtherSeparator([body.slice(0, body.search(/[\r\n]|$/))], table);
    throw invalid('body', `not CSV (${escapeText(error.message)}); quotes inside a quoted field are doubled`);
  }
}

function namesAll(first: readonly string[], { encoder }: Table): boolean {
  const cells = new Set(first.map(normalName));
  return encoder.features.every((name) => cells.has(name)) && !first.every(couldBeNumber);
}

function couldBeNumber(cell: string): boolean {
  const text = cell.trim();
  return isMissing(text, 'number') || parseNumber(text) !== undefined;
}

/** Returns true if most of the cells are names of columns. */
function isAlmostHeader(first: readonly string[], { features, ignored }: Table): boolean {
  const known = first.filter((cell) => features.has(normalName(cell)) || ignored.has(normalName(cell)));
  return known.length * 2 >= first.length;
}

function plainLayout({ encoder }: Table): Layout {
  return { named: false, fields: encoder.features.length, cells: [...encoder.features.keys()], ignored: [] };
}

function headerLayout(cells: readonly string[], table: Table): Layout {
  const { encoder, features, ignored } = table;
  const header = cells.map(normalName);
  const indexes = new Map<string, number>();
  if (cells.length < features.size) refuseOtherSeparator(cells, table);
  for (const [index, name] of header.entries()) {
    if (!features.has(name) && !ignored.has(name)) {
      throw invalid(`header.${name}`, unknownColumn(name, encoder.features));
    }
    if (indexes.has(name)) throw invalid(`header.${name}`, 'given twice; name each column once');
    indexes.set(name, index);
  }
  return {
    named: true,
    fields: header.length,
    cells: encoder.features.map((name) => {
      const index = indexes.get(name);
      if (index === undefined) {
        throw invalid(`header.${name}`, 'missing; name every feature, or send no header (header=absent)');
      }
      return index;
    }),
    ignored: header.filter((name) => ignored.has(name)),
  };
}

function checkLengths(rows: readonly (readonly string[])[], layout: Layout, table: Table): void {
  const row = rows.findIndex(({ length }) => length !== layout.fields);
  if (row < 0) return;
  const record = rows[row]!;
  refuseOtherSeparator(record, table);
  throw invalid(`instances[${row}]`, lengthProblem(rows, row, layout));
}

function lengthProblem(rows: readonly (readonly string[])[], row: number, { named, fields }: Layout): string {
  const { length } = rows[row]!;
  if (named) return `${length} fields; the header has ${fields}`;
  const given = `${length} fields; the model has ${fields} features`;
  const counts = rows.every((record, index) => Number(record[0]) - Number(rows[0]![0]) === index);
  return length === fields + 1 && counts
    ? `${given}, and the first column is probably the index that pandas adds; leave it out (index=False)`
    : given;
}

/** Refuses a line with as many fields of another separator as the table has columns. */
function refuseOtherSeparator(record: readonly string[], { encoder }: Table): void {
  const line = record.join(',');
  for (const [separator, name] of OTHER_SEPARATORS) {
    const columns = line.split(separator).length;
    if (columns > 1 && columns >= encoder.features.length) {
      throw invalid('body', `fields are separated by ${name}; separate them by commas, with a decimal point`);
    }
  }
}
