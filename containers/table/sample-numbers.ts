import type { Schema } from './schema.ts';

const WITH_COMMA = /^\s*[-+]?\d*,\d+\s*$/;
const WITH_POINT = /^\s*[-+]?\d*\.\d+\s*$/;
/** `1,234`: thousands where a comma separates the fields too, as in the English-speaking world. */
const THOUSANDS = /^\s*[-+]?\d{1,3}(,\d{3})+\s*$/;

/** A number with separators of thousands, a currency, a percent sign or a unit: `1,234.50`, `$5`, `12 kg`; not `B12`. */
export const DRESSED_NUMBER =
  /^(\p{Sc}|[A-Z]{3} )? ?[-+]?\d{1,3}([ ,.'’]?\d{3})*([.,]\d+)?( ?(%|\p{Sc}|°[CF]?)| [A-Za-z]{1,3})?$/u;

/** Returns true if the schema declares the column as numeric. */
export function isNumeric(column: string, { label, task, features, timeColumn }: Schema): boolean {
  if (column === label) return task === 'regression';
  const feature = features.find(({ name }) => name === column);
  return feature ? feature.type === 'number' : column === timeColumn;
}

/**
 * Returns true if a file writes 3,14 for 3.14: some cells do, and none has a point.
 *
 * @param numeric columns to check; undefined: all
 */
export function usesDecimalComma(
  rows: readonly (readonly string[])[],
  delimiter: string,
  numeric: readonly boolean[] | undefined,
): boolean {
  let found = false;
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      if (numeric && !numeric[index]) continue;
      if (WITH_POINT.test(cell)) return false;
      found ||= WITH_COMMA.test(cell) && !(delimiter === ',' && THOUSANDS.test(cell));
    }
  }
  return found;
}
