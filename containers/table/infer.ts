import { shareAbove } from './cell-faults.ts';
import { columnFacts, type Cells } from './column-facts.ts';
import { TableError } from './errors.ts';
import { escapeText } from './escape.ts';
import { MAX_CLASSES, MAX_VALUES } from './report.ts';
import type { FeatureFile, FeatureType, SchemaFile, Task } from './schema.ts';

/** Contents of a text column, counted over a sample of the rows. */
export interface ColumnFacts {
  readonly name: string;
  readonly rows: number;
  readonly missing: number;
  readonly distinct: number;
  /** Cells that can be parsed as this type. */
  readonly numbers: number;
  readonly integers: number;
  readonly booleans: number;
  readonly datetimes: number;
  /** Cells that look like dates in common notations: 3/4/2024, 03.04.24, 4 Mar 2024. */
  readonly otherDates: number;
  readonly otherNumbers: number;
  /** Cells with at least four words. */
  readonly sentences: number;
  /** Minimum of the numbers, or of the dates in milliseconds. */
  readonly low: number | null;
  readonly high: number | null;
  /** The most frequent values. */
  readonly examples: readonly string[];
  /**
   * Predictive power of the column for the label: the share of rows that the most frequent label of each value predicts
   * correctly, or the correlation of two numbers. Null where there are too many values to decide.
   */
  readonly predictsLabel: number | null;
}

export interface InferredColumn {
  readonly name: string;
  readonly role: 'label' | 'feature' | 'ignored';
  /** Null for a column without values. */
  readonly type: FeatureType | null;
  readonly missing: number;
  readonly distinct: number;
  /** Minimum and maximum, of numbers and dates. */
  readonly range: readonly [string, string] | null;
  readonly examples: readonly string[];
  readonly warnings: readonly string[];
}

export interface InferredSchema {
  readonly schema: SchemaFile;
  /** Sampled rows: all of a small table. */
  readonly rows: number;
  /** Columns in the order of the file. */
  readonly columns: readonly InferredColumn[];
  /** One sentence each, with the column's name. */
  readonly warnings: readonly string[];
}

/** Share of cells that must be parsable for a type: the others are set aside later. */
const NEARLY_ALL = 0.99;
const FEW_VALUES = 50;
/** Minimum rows per value. */
const FEW_ROWS = 5;
/** A label with more distinct numbers is treated as a quantity. */
const MOST_NUMERIC_CLASSES = 20;
const MANY_CLASSES = 100;
/** Fewer rows are not enough to call a column unique or constant. */
const ENOUGH_ROWS = 20;
/** Share of distinct values of names and codes of the rows' subjects, some of which repeat. */
const UNIQUE = 0.95;
const PREDICTS_CLASS = 0.999;
const PREDICTS_NUMBER = 0.9999;

const LIKE_NUMBERS =
  'looks like numbers with units or separators; write plain numbers, e.g. 1234.5, to use them as such';

/**
 * Proposes a schema for a table, with each column's role and the reason for leaving one out.
 *
 * @param cells of a sample of rows, by column; the label among them
 * @param task default: regression for a label of many distinct numbers
 * @param unusable reasons for which columns cannot be features, by name
 * @throws TableError if the task requires a label of numbers and it has other values
 */
export function inferFrom(
  cells: ReadonlyMap<string, Cells>,
  label: string,
  task?: Task,
  unusable: ReadonlyMap<string, string> = new Map(),
): InferredSchema {
  const labels = cells.get(label)!;
  const target = columnFacts(label, labels, null, false);
  const decided = task ?? inferTask(target);
  if (decided === 'regression') checkNumbers(target);
  const isNumber = decided === 'regression';
  const facts = [...cells].map(([name, texts]) =>
    name === label ? target : columnFacts(name, texts, labels, isNumber),
  );
  const columns = [
    ...facts.map((column) =>
      column === target ? describeLabel(column, decided, task) : describeFeature(column, decided),
    ),
    ...[...unusable].map(([name, why]) => unusableColumn(name, why)),
  ];
  const features = columns
    .filter(({ role }) => role === 'feature')
    .map(({ name, type }): string | FeatureFile => (type === 'number' ? name : { name, type: type! }));
  const warnings = columns.flatMap((column) =>
    column.warnings.map((text) => `column "${escapeText(column.name)}": ${text}`),
  );
  return {
    schema: { label, ...(decided === 'regression' ? { task: decided } : {}), features },
    rows: target.rows,
    columns,
    warnings,
  };
}

/** Checks that a model can learn from the table. @throws TableError because of the label, or if no column is left */
export function checkLearnable({ schema, rows, columns, warnings }: InferredSchema): void {
  const { name, missing, distinct, examples } = columns.find(({ role }) => role === 'label')!;
  const fault = (text: string) => new TableError(`label "${escapeText(name)}": ${text}`);
  if (missing === rows) throw fault('every cell is empty; name another column');
  if (distinct === 1) {
    // A class named NA would have no row.
    const others =
      missing === 0
        ? 'every row has'
        : `${missing} of ${rows} cells are empty (NA, null and the like), all others have`;
    throw fault(
      `${others} the same value, "${escapeText(examples[0]!)}"; a model needs rows of two at least`,
    );
  }
  if (schema.task !== 'regression' && distinct > MAX_CLASSES) {
    throw fault(
      `has ${distinct} different values, at most ${MAX_CLASSES} classes are allowed; for numbers choose regression as ` +
        'the task, or name another column',
    );
  }
  if (schema.features.length > 0) return;
  const why = 'no column is left that a model could learn from; correct the data, or name another label';
  throw new TableError([why, ...warnings].join('\n- '));
}

function checkNumbers({ name, rows, missing, numbers, examples }: ColumnFacts): void {
  const filled = rows - missing;
  if (numbers >= NEARLY_ALL * filled) return;
  throw new TableError(
    `label "${escapeText(name)}": ${filled - numbers} of ${filled} cells are not numbers, e.g. ` +
      `"${escapeText(examples[0]!)}"; correct them, or take classification as the task`,
  );
}

function inferTask(label: ColumnFacts): Task {
  const filled = label.rows - label.missing;
  const isNumber = filled > 0 && label.numbers === filled;
  return isNumber && label.distinct > MOST_NUMERIC_CLASSES ? 'regression' : 'classification';
}

function describeLabel(column: ColumnFacts, task: Task, asked: Task | undefined): InferredColumn {
  const warnings: string[] = [];
  const { rows, missing, distinct } = column;
  if (missing > 0) {
    warnings.push(
      `${missing} rows have no label; they are set aside, which a run has to allow: remove them, or ` +
        `raise the hyperparameter preprocessing.max_bad_row_fraction to ${shareAbove(missing, rows)}`,
    );
  }
  if (task === 'classification' && distinct < 2)
    warnings.push('has one value only: there is nothing to learn');
  if (task === 'regression' && asked === undefined) {
    warnings.push(
      `taken for a number, since it has ${distinct} distinct ones; for classes write "task": "classification"`,
    );
  }
  if (task === 'classification' && distinct > MANY_CLASSES) {
    warnings.push(
      `has ${distinct} classes; is it the right column? A number to predict wants "task": "regression"`,
    );
  }
  return { ...inferred(column, task === 'regression' ? 'number' : 'category', warnings), role: 'label' };
}

function unusableColumn(name: string, why: string): InferredColumn {
  const facts = { type: null, missing: 0, distinct: 0, range: null, examples: [] };
  return { ...facts, name, role: 'ignored', warnings: [`left out: ${why}`] };
}

function describeFeature(column: ColumnFacts, task: Task): InferredColumn {
  const { rows, missing, distinct } = column;
  const filled = rows - missing;
  const leaveOut = (type: FeatureType | null, why: string): InferredColumn => ({
    ...inferred(column, type, [`left out: ${why}`]),
    role: 'ignored',
  });
  if (filled === 0) return leaveOut(null, 'every cell is empty');
  const type = inferType(column);
  if (distinct === 1 && missing === 0) return leaveOut(type, 'every row has the same value');
  if (type === 'category' && column.otherDates >= NEARLY_ALL * filled) {
    return leaveOut(type, 'dates in a form that can be misread; write them as 2024-03-01 to use them');
  }
  const looksLikeNumbers = type !== 'number' && column.otherNumbers >= NEARLY_ALL * filled;
  if (isIdentifier(column, type) && looksLikeNumbers) return leaveOut(type, LIKE_NUMBERS);
  if (isIdentifier(column, type)) {
    return leaveOut(
      type,
      'nearly every row has a value of its own, as an id has; to keep rows of one id together, write it as "id"',
    );
  }
  if (type === 'category' && distinct > MAX_VALUES) {
    return leaveOut(type, `has ${distinct} distinct values, more than the ${MAX_VALUES} of a category`);
  }
  const warnings: string[] = [];
  if (type === 'number' && column.numbers < filled) {
    const bad = filled - column.numbers;
    warnings.push(
      `${bad} cells are not numbers; their rows are set aside, which the run must allow: correct them, or ` +
        `raise the hyperparameter preprocessing.max_bad_row_fraction to ${shareAbove(bad, rows)}`,
    );
  }
  if (looksLikeNumbers) warnings.push(LIKE_NUMBERS);
  if (type === 'category' && distinct > FEW_VALUES && filled < FEW_ROWS * distinct) {
    warnings.push(`has ${distinct} distinct values in ${filled} rows; most will be too rare to learn from`);
  }
  const power = column.predictsLabel ?? 0;
  if (rows >= ENOUGH_ROWS && power >= (task === 'regression' ? PREDICTS_NUMBER : PREDICTS_CLASS)) {
    warnings.push(
      'predicts the label by itself: is it known before the label is? If not, remove it from "features"',
    );
  }
  return inferred(column, type, warnings);
}

/** Returns the type of a column that has values. */
function inferType(column: ColumnFacts): FeatureType {
  const { rows, missing, distinct } = column;
  const filled = rows - missing;
  const nearlyAll = (count: number) => count >= NEARLY_ALL * filled;
  if (nearlyAll(column.numbers)) return 'number';
  if (column.booleans === filled) return 'boolean';
  if (column.datetimes === filled) return 'datetime';
  return column.sentences > filled / 2 && distinct > FEW_VALUES ? 'text' : 'category';
}

/** Endings of identifiers' names: `id`, `customer_id`, `orderNo`, `key`. */
const ID_NAME = /(^|[\s_.-])([iI][dD]|[nN][or]|[kK]ey|uuid|index)$|[a-z](I[dD]|N[or]|Key|Uuid|Index)$/;

function isIdentifier(
  { name, rows, missing, distinct, integers, low, high }: ColumnFacts,
  type: FeatureType,
): boolean {
  const unique = missing === 0 && rows >= ENOUGH_ROWS && distinct === rows;
  if (type === 'category')
    return missing < rows / 2 && rows >= ENOUGH_ROWS && distinct >= UNIQUE * (rows - missing);
  // 1 to n (almost) without a gap is a row number; with gaps, the name must be an identifier's, since a price may be
  // unique too.
  const called = ID_NAME.test(name) || high! - low! < 1.1 * rows;
  return type === 'number' && unique && integers === rows && called;
}

function inferred(
  column: ColumnFacts,
  type: FeatureType | null,
  warnings: readonly string[],
): InferredColumn {
  const { name, missing, distinct, low, high, examples } = column;
  const show = (value: number) =>
    type === 'datetime'
      ? new Date(value).toISOString().replace('T00:00:00.000Z', '').replace('.000Z', 'Z')
      : String(value);
  const hasRange = (type === 'number' || type === 'datetime') && low !== null && high !== null;
  const range = hasRange ? ([show(low), show(high)] as const) : null;
  return { name, role: 'feature', type, missing, distinct, range, examples, warnings };
}
