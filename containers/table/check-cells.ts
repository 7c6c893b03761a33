import {
  cellRules,
  describeFault,
  faultOf,
  FAULTS,
  remedyFor,
  type CellFault,
  type CellRules,
} from './cell-faults.ts';
import { escapeText } from './escape.ts';
import type { Head } from './head.ts';
import type { Schema } from './schema.ts';
import { isMissing, parseNumber } from './values.ts';

const EXAMPLES = 3;
/** From this share of the sampled rows on a fault is one of the whole column, or of the schema: the run would fail. */
const MOST = 0.5;

/**
 * Returns a sentence for every column whose sampled cells do not fit the schema for the most part. A few bad cells are
 * none: their rows are set aside.
 */
export function checkCells(head: Head, schema: Schema): string[] {
  const whole = head.rows.filter((row) => row.length === head.columns.length);
  if (head.rows.length > 0 && whole.length <= MOST * head.rows.length) return [raggedRows(head)];
  return cellRules(schema, timeTypeOf(head, schema.timeColumn)).flatMap((rules) => {
    const place = head.columns.indexOf(rules.name);
    const cells = place < 0 ? [] : whole.map((row) => row[place]!.trim());
    return checkColumn(rules, cells, head.csv?.decimalComma ?? false);
  });
}

/** Returns how the column of a split by time is read where the schema does not declare it: as most of its cells are. */
export function timeTypeOf(head: Head, column: string | null): 'number' | 'datetime' {
  const place = column === null ? -1 : head.columns.indexOf(column);
  const cells = head.rows.map((row) => row[place]?.trim() ?? '').filter((cell) => !isMissing(cell, 'number'));
  const numbers = cells.filter((cell) => parseNumber(cell) !== undefined);
  return cells.length > 0 && numbers.length > cells.length / 2 ? 'number' : 'datetime';
}

function checkColumn(rules: CellRules, cells: readonly string[], decimalComma: boolean): string[] {
  const faulty = new Map<CellFault, string[]>();
  for (const cell of cells) {
    const fault = faultOf(rules, decimalComma && rules.type === 'number' ? pointFor(cell) : cell);
    if (fault) faulty.set(fault, [...(faulty.get(fault) ?? []), cell]);
  }
  const rows = [...faulty.values()].reduce((sum, { length }) => sum + length, 0);
  if (rows === 0 || rows <= MOST * cells.length) return [];
  const filled = cells.filter((cell) => !isMissing(cell, rules.type)).length;
  return FAULTS.filter((fault) => faulty.has(fault)).map((fault) => {
    const values = faulty.get(fault)!;
    const share = values.length / Math.max(1, filled);
    const examples = [...new Set(values)].slice(0, EXAMPLES);
    const shown =
      fault === 'empty' ? '' : `, e.g. ${examples.map((text) => `"${escapeText(text)}"`).join(', ')}`;
    return (
      `column "${escapeText(rules.name)}": ${values.length} of the first ${cells.length} rows are ` +
      `${describeFault(rules, fault)}${shown}; ${remedyFor(rules, fault, examples, share)}`
    );
  });
}

/** A point may stand between thousands where decimals have a comma: such a cell is no number. */
function pointFor(cell: string): string {
  return cell.includes('.') ? cell : cell.replace(',', '.');
}

function raggedRows({ rows, columns }: Head): string {
  const other = rows.filter((row) => row.length !== columns.length);
  return (
    `${other.length} of the first ${rows.length} rows have another number of fields than the header, e.g. ` +
    `${other[0]!.length} instead of ${columns.length}; name every column in the header, and quote cells that hold the separator`
  );
}
