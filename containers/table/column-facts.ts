import type { ColumnFacts } from './infer.ts';
import { DRESSED_NUMBER } from './sample-numbers.ts';
import { MISSING_MARK, parseBoolean, parseDatetime, parseNumber } from './values.ts';

/** Trimmed texts of a column's cells; null for an empty one. */
export type Cells = readonly (string | null)[];

const OTHER_DATE =
  /^(\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\b.*|\d{1,2}[- ][A-Za-z]{3,9}[- ]\d{2,4}|[A-Za-z]{3,9} \d{1,2},? ?\d{4})$/;
const SENTENCE = /^\S+(\s+\S+){3}/;
const EXAMPLES = 3;
/** Share of the rows: with more values, a single one predicts little. */
const MOST_VALUES_SHARE = 0.05;

/**
 * Counts the contents of a column.
 *
 * @param labels cells of the label, row by row; null for the label itself
 * @param labelIsNumber true if the label is a quantity rather than a class
 */
export function columnFacts(
  name: string,
  cells: Cells,
  labels: Cells | null,
  labelIsNumber: boolean,
): ColumnFacts {
  const values = new Map<string, number>();
  for (const cell of cells) if (cell !== null) values.set(cell, (values.get(cell) ?? 0) + 1);
  const facts = countValues(values);
  // In numbers, booleans and dates a question mark means an empty cell.
  const marks = values.get(MISSING_MARK) ?? 0;
  const filled = facts.filled - marks;
  const isMark =
    marks > 0 && filled > 0 && Math.max(facts.numbers, facts.booleans, facts.datetimes) === filled;
  if (isMark) values.delete(MISSING_MARK);
  const missing = cells.length - (isMark ? filled : facts.filled);
  const common = [...values].sort((a, b) => b[1] - a[1]).slice(0, EXAMPLES);
  const isNumber = facts.numbers > 0 && facts.numbers === cells.length - missing;
  const fewValues = values.size <= Math.max(2, MOST_VALUES_SHARE * cells.length);
  let predictsLabel: number | null = null;
  if (labels && values.size > 1) {
    if (labelIsNumber && isNumber) predictsLabel = Math.abs(correlation(cells, labels));
    else if (!labelIsNumber && fewValues) predictsLabel = majorityAccuracy(cells, labels);
  }
  const { filled: _, ...counts } = facts;
  return {
    ...counts,
    name,
    rows: cells.length,
    missing,
    distinct: values.size,
    examples: common.map(([value]) => value),
    predictsLabel,
  };
}

type Counts = Pick<
  ColumnFacts,
  | 'numbers'
  | 'integers'
  | 'booleans'
  | 'datetimes'
  | 'otherDates'
  | 'otherNumbers'
  | 'sentences'
  | 'low'
  | 'high'
>;

function countValues(values: ReadonlyMap<string, number>): Counts & { readonly filled: number } {
  const counts = {
    ...{
      filled: 0,
      numbers: 0,
      integers: 0,
      booleans: 0,
      datetimes: 0,
      otherDates: 0,
      otherNumbers: 0,
      sentences: 0,
    },
    low: null as number | null,
    high: null as number | null,
  };
  for (const [text, rows] of values) {
    counts.filled += rows;
    const number = parseNumber(text);
    const date = number === undefined ? parseDatetime(text) : undefined;
    const value = number ?? date;
    if (value !== undefined) {
      counts.low = Math.min(counts.low ?? value, value);
      counts.high = Math.max(counts.high ?? value, value);
    }
    if (number !== undefined) counts.numbers += rows;
    if (Number.isInteger(number)) counts.integers += rows;
    if (date !== undefined) counts.datetimes += rows;
    if (parseBoolean(text) !== undefined) counts.booleans += rows;
    if (value !== undefined) continue;
    if (OTHER_DATE.test(text)) counts.otherDates += rows;
    if (DRESSED_NUMBER.test(text)) counts.otherNumbers += rows;
    if (SENTENCE.test(text)) counts.sentences += rows;
  }
  return counts;
}

/** Returns the share of rows that the most frequent label of each value predicts correctly. */
function majorityAccuracy(cells: Cells, labels: Cells): number | null {
  const byValue = new Map<string | null, Map<string, number>>();
  let rows = 0;
  labels.forEach((label, row) => {
    if (label === null) return;
    const counts = byValue.get(cells[row]!) ?? new Map<string, number>();
    byValue.set(cells[row]!, counts.set(label, (counts.get(label) ?? 0) + 1));
    rows++;
  });
  let right = 0;
  for (const counts of byValue.values()) right += Math.max(...counts.values());
  return rows === 0 ? null : right / rows;
}

/** Returns Pearson's correlation, over the rows that have both numbers; 0 without variation. */
function correlation(cells: Cells, labels: Cells): number {
  const pairs: [number, number][] = [];
  cells.forEach((cell, row) => {
    const [x, y] = [parseNumber(cell ?? ''), parseNumber(labels[row] ?? '')];
    if (x !== undefined && y !== undefined) pairs.push([x, y]);
  });
  const mean = (index: 0 | 1) => pairs.reduce((sum, pair) => sum + pair[index], 0) / pairs.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  let [xy, xx, yy] = [0, 0, 0];
  for (const [x, y] of pairs) {
    xy += (x - meanX) * (y - meanY);
    xx += (x - meanX) ** 2;
    yy += (y - meanY) ** 2;
  }
  return xx === 0 || yy === 0 ? 0 : xy / Math.sqrt(xx * yy);
}
