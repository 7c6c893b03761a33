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
/** Above this share of the sampled rows, a fault concerns the whole column, or the schema. */
export const MOST = 0.5;

/**
 * Returns a sentence for every column where a larger share of the sampled cells than `tolerated` does not match the
 * schema: as many bad rows may be set aside.
 */
export function checkCells(head: Head, schema: Schema, tolerated = MOST): string[] {
  const whole = head.rows.filter((row) => row.length === head.columns.length);
  if (head.rows.length > 0 && whole.length < (1 - tolerated) * head.rows.length) return [raggedRows(head)];
  return cellRules(schema, timeTypeOf(head, schema.timeColumn)).flatMap((rules) => {
    const index = head.columns.indexOf(rules.name);
    const cells = index < 0 ? [] : whole.map((row) => row[index]!.trim());
    return checkColumn(rules, cells, head.csv?.decimalComma ?? false, tolerated);
  });
}

/** Returns the type of the time column where the schema does not declare it: that of most of its cells. */
export function timeTypeOf(head: Head, column: string | null): 'number' | 'datetime' {
  const index = column === null ? -1 : head.columns.indexOf(column);
  const cells = head.rows.map((row) => row[index]?.trim() ?? '').filter((cell) => !isMissing(cell, 'number'));
  const numbers = cells.filter((cell) => parseNumber(cell) !== undefined);
  return cells.length > 0 && numbers.length > cells.length / 2 ? 'number' : 'datetime';
}

function checkColumn(
  rules: CellRules,
  cells: readonly string[],
  decimalComma: boolean,
  tolerated: number,
): string[] {
  const faulty = new Map<CellFault, string[]>();
  for (const cell of cells) {
    const fault = faultOf(rules, decimalComma && rules.type === 'number' ? pointFor(cell) : cell);
    if (fault) faulty.set(fault, [...(faulty.get(fault) ?? []), cell]);
  }
  const rows = [...faulty.values()].reduce((sum, { length }) => sum + length, 0);
  if (rows === 0 || rows <= tolerated * cells.length) return [];
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

/**
 * Returns the cell with a decimal point. A point may separate thousands where decimals have a comma: such a cell is not
 * a number.
 */
function pointFor(cell: string): string {
  return cell.includes('.') ? cell : cell.replace(',', '.');
}

/** Returns a sentence on sampled rows whose number of fields differs from the header's. */
export function raggedRows({ rows, columns }: Head): string {
  const other = rows.filter((row) => row.length !== columns.length);
  return (
    `${other.length} of the first ${rows.length} rows have another number of fields than the header, e.g. ` +
    `${other[0]!.length} instead of ${columns.length}; name every column in the header, and quote cells that hold the separator`
  );
}
