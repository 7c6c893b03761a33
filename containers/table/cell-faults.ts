import { escapeText } from './escape.ts';
import { quoteNames } from './names.ts';
import { DRESSED_NUMBER } from './sample-numbers.ts';
import type { FeatureType, Schema } from './schema.ts';
import { isMissing, NUMBER_PATTERN, parseBoolean, parseDatetime, parseNumber } from './values.ts';

/** Rules of a column's cells. */
export interface CellRules {
  readonly name: string;
  readonly role: 'label' | 'feature' | 'id' | 'time';
  readonly type: FeatureType;
  /** True if a row without a value is set aside. */
  readonly required: boolean;
  /** Null: any value. */
  readonly values: readonly string[] | null;
  readonly min: number | null;
  readonly max: number | null;
}

export const FAULTS = ['empty', 'type', 'large', 'below', 'above', 'values'] as const;
export type CellFault = (typeof FAULTS)[number];

/** Returns the rules of the schema's columns. */
export function cellRules(schema: Schema, timeType: 'number' | 'datetime'): CellRules[] {
  const free = { required: true, values: null, min: null, max: null };
  const { label, task, classes, features, id, timeColumn } = schema;
  const rules: CellRules[] = [
    {
      ...free,
      name: label,
      role: 'label',
      type: task === 'regression' ? 'number' : 'category',
      values: classes,
    },
    ...features.map(({ name, type, missing, values, min, max }) => ({
      ...{ name, role: 'feature' as const, type, values, min, max },
      required: missing === 'reject' || name === timeColumn,
    })),
  ];
  if (id !== null) rules.push({ ...free, name: id, role: 'id', type: 'category' });
  if (timeColumn !== null && !features.some(({ name }) => name === timeColumn)) {
    rules.push({ ...free, name: timeColumn, role: 'time', type: timeType });
  }
  return rules;
}

const NUMBER = new RegExp(`^${NUMBER_PATTERN}$`);

/**
 * Returns the fault of a cell; null without one.
 *
 * @param text trimmed, with a decimal point
 */
export function faultOf({ type, required, values, min, max }: CellRules, text: string): CellFault | null {
  if (isMissing(text, type)) return required ? 'empty' : null;
  switch (type) {
    case 'number': {
      const value = parseNumber(text);
      if (value === undefined) return NUMBER.test(text) ? 'large' : 'type';
      if (min !== null && value < min) return 'below';
      return max !== null && value > max ? 'above' : null;
    }
    case 'boolean':
      return parseBoolean(text) === undefined ? 'type' : null;
    case 'datetime':
      return parseDatetime(text) === undefined ? 'type' : null;
    case 'category':
    case 'text':
      return values && !values.includes(text) ? 'values' : null;
  }
}

const VALUES_SHOWN = 20;

/** Returns the fault as text, e.g. `not a number`. */
export function describeFault({ type, role, values, min, max }: CellRules, fault: CellFault): string {
  switch (fault) {
    case 'empty':
      return 'empty';
    case 'type':
      return type === 'datetime' ? 'not a date in ISO 8601' : `not a ${type}`;
    case 'large':
      return 'too large for a 32-bit float';
    case 'below':
      return `below the minimum ${min}`;
    case 'above':
      return `above the maximum ${max}`;
    case 'values':
      return `not one of the ${role === 'label' ? 'classes' : 'values'} ${quoteNames(values!, VALUES_SHOWN)}`;
  }
}

const DECIMAL_COMMA = /^[-+]?\d*,\d+$/;
const THOUSANDS = /^[-+]?\d{1,3}([ .,'’\u00a0\u202f]\d{3})+([.,]\d+)?$/;
const DATE = /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b/;
/** Share of bad cells from which on the column's declaration is assumed to be wrong. */
const MOST = 0.5;

/**
 * Returns the remedy for a fault, derived from the values.
 *
 * @param examples of cells with the fault, trimmed
 * @param share of the column's cells with a value that have the fault
 */
export function remedyFor(
  rules: CellRules,
  fault: CellFault,
  examples: readonly string[],
  share: number,
): string {
  const name = escapeText(rules.name);
  switch (fault) {
    case 'empty':
      return emptyRemedy(rules, name);
    case 'large':
      return 'divide the column by a constant, or correct the cells';
    case 'below':
    case 'above':
      return `correct the cells, or ${fault === 'below' ? 'lower "min"' : 'raise "max"'} of "${name}" in the schema`;
    case 'values':
      return rules.role === 'label'
        ? 'correct the cells, or add the classes to "classes" in the schema'
        : `correct the cells, or add the values to "values" of "${name}" in the schema`;
    case 'type':
      return typeRemedy(rules, name, examples, share);
  }
}

function emptyRemedy({ role }: CellRules, name: string): string {
  if (role === 'label')
    return 'fill the cells, or remove the rows: a row without a label cannot be used for training';
  if (role === 'feature')
    return `fill the cells, or declare "missing": "impute" or "own-value" for "${name}" in the schema`;
  return `fill the cells, or take "${role === 'id' ? 'id' : 'split'}" out of the schema`;
}

function typeRemedy(
  { type, role }: CellRules,
  name: string,
  examples: readonly string[],
  share: number,
): string {
  const declare = (as: FeatureType) =>
    `declare "${name}" as a ${as}: ${escapeText(JSON.stringify({ name, type: as }), 200)}`;
  const all = (pattern: RegExp) => examples.every((text) => pattern.test(text));
  if (type === 'datetime') {
    if (!examples.some((text) => /\d/.test(text))) {
      return role === 'feature' ? declare('category') : 'name a column of dates or numbers';
    }
    return 'write dates as 2024-03-01 or 2024-03-01T12:30:00Z: in 03/04/2024 the month is ambiguous';
  }
  if (type === 'boolean') {
    const words = 'write true or false, yes or no, 1 or 0';
    return share < MOST || role !== 'feature' ? words : `${words}, or ${declare('category')}`;
  }
  if (all(THOUSANDS)) return 'write numbers without separators of thousands';
  if (all(DECIMAL_COMMA)) return 'write a decimal point: other numbers of the file have one';
  if (all(DATE) && role === 'feature') return declare('datetime');
  if (all(DRESSED_NUMBER)) return 'write only the number, without unit, currency or percent sign';
  if (share < MOST) return 'correct the cells, or leave them empty';
  if (role === 'label') return 'for classes remove "task" from the schema, or set it to "classification"';
  if (role !== 'feature') return 'name a column of dates or numbers';
  if (examples.every((text) => parseBoolean(text) !== undefined)) return declare('boolean');
  return declare(examples.every((text) => text.length > 40 && text.includes(' ')) ? 'text' : 'category');
}

/**
 * Returns a share with two digits that is above `part` of `all`: the share in a sample may be a little less than in the
 * data.
 */
export function shareAbove(part: number, all: number): number {
  const step = 10 ** (Math.floor(Math.log10(part / all)) - 1);
  return Math.min(1, Number(((Math.floor(part / all / step) + 1) * step).toPrecision(2)));
}
