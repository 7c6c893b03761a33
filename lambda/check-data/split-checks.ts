import { escapeText } from '../../containers/table/escape.ts';
import {
  SPLITS,
  type NumberStatistics,
  type Split,
  type ValueStatistics,
} from '../../containers/table/report.ts';
import type { Schema } from '../../containers/table/schema.ts';
import { ErrorName, PipelineError } from '../../lib/contract/errors';
import { sum, type Totals } from './statistics';

/** Probability of a warning by chance: one in ten thousand runs. */
const CHANCE = 1e-4;
/** Kolmogorov's distribution: a distance of this times √(1/n + 1/m) is exceeded by chance in {@link CHANCE}. */
const KOLMOGOROV = Math.sqrt(-Math.log(CHANCE / 2) / 2);
/** A single row above this share of a split causes a warning. */
const COPIES_SHARE = 0.01;
/** Copies below this number cause no warning: in a small split, one row is a large share. */
const COPIES_ROWS = 5;

/** Checks that every split has rows. @throws PipelineError `InvalidData` if a split has none */
export function checkRows({ id, timeColumn }: Schema, { rows }: Totals): void {
  const empty = SPLITS.find((split) => rows[split] === 0);
  if (!empty) return;
  const fraction =
    empty === 'train'
      ? 'lower data.testFraction and data.validationFraction'
      : `enlarge the split in the configuration (data.${empty}Fraction)`;
  const together = id ?? timeColumn;
  const remedy =
    together === null
      ? `add data or ${fraction}`
      : `rows with one value of "${escapeText(together)}" stay together, so more different values are needed: add data, ` +
        `remove "${id === null ? 'split' : 'id'}" from the schema, or ${fraction}`;
  throw invalid(`no row of ${sum(Object.values(rows))} fell into the ${empty} split; ${remedy}`);
}

/**
 * Checks the distribution of the rows over the splits.
 *
 * @returns sentences on faults that make the verdict doubtful
 * @throws PipelineError `InvalidData` where no verdict is possible
 */
export function checkSplit(schema: Schema, totals: Totals): string[] {
  return [
    ...(schema.task === 'regression' ? checkNumbers(schema, totals) : checkClasses(schema, totals)),
    ...checkCopies(schema, totals),
  ];
}

function checkClasses(schema: Schema, { label, rows }: Totals): string[] {
  const counts = Object.fromEntries(
    SPLITS.map((split) => [split, new Map((label[split] as ValueStatistics).counts)]),
  ) as Record<Split, Map<string, number>>;
  const classes = [...new Set(SPLITS.flatMap((split) => [...counts[split].keys()]))];
  for (const split of SPLITS) {
    const [only, ...more] = counts[split].keys();
    if (more.length > 0) continue;
    throw invalid(
      `every row of the ${split} split has the class "${escapeText(only ?? '')}", so the other classes cannot be ` +
        `evaluated; ${remedy(schema)}`,
    );
  }
  const warnings = (['validation', 'test'] as const).flatMap((split) =>
    classes
      .filter((name) => !counts[split].has(name))
      .map((name) => `class "${escapeText(name)}" has no row in the ${split} split: its recall is unknown`),
  );
  const total = sum(Object.values(rows));
  const expected = (name: string, split: Split) =>
    (sum(SPLITS.map((each) => counts[each].get(name) ?? 0)) / total) * rows[split];
  let statistic = 0;
  let worst = { distance: 0, name: '', split: 'test' as Split };
  for (const name of classes) {
    for (const split of SPLITS) {
      const distance = ((counts[split].get(name) ?? 0) - expected(name, split)) ** 2 / expected(name, split);
      statistic += distance;
      if (distance > worst.distance) worst = { distance, name, split };
    }
  }
  if (chiSquareTail(statistic, (classes.length - 1) * (SPLITS.length - 1)) >= CHANCE) return warnings;
  const { name, split } = worst;
  return [
    ...warnings,
    `class "${escapeText(name)}" has ${percent((counts[split].get(name) ?? 0) / rows[split])} of the rows of the ${split} ` +
      `split but ${percent(expected(name, split) / rows[split])} of all, more than chance explains: ${cause(schema)}`,
  ];
}

function checkNumbers(schema: Schema, { label, rows }: Totals): string[] {
  const train = (label.train as NumberStatistics).quantiles;
  return (['validation', 'test'] as const).flatMap((split) => {
    const { quantiles } = label[split] as NumberStatistics;
    const distance = largestDistance(train, quantiles);
    if (distance <= KOLMOGOROV * Math.sqrt(1 / rows.train + 1 / rows[split])) return [];
    return [
      `the values of "${escapeText(schema.label)}" are distributed differently in the ${split} split than in the train ` +
        `split, more than chance explains: ${cause(schema)}`,
    ];
  });
}

function checkCopies({ id }: Schema, { mostCopies, rows }: Totals): string[] {
  if (id !== null) return [];
  return (['validation', 'test'] as const)
    .filter((split) => mostCopies[split] >= COPIES_ROWS && mostCopies[split] > COPIES_SHARE * rows[split])
    .slice(-1)
    .map(
      (split) =>
        `copies of one row make up ${percent(mostCopies[split] / rows[split])} of the ${split} split (` +
        `${mostCopies[split]} of ${rows[split]} rows), and the train split has copies too: if rows of one person ` +
        'or thing repeat, name the column that identifies it as "id" in the schema',
    );
}

/** Returns a sentence if the champion's rows were split in another way, so that its holdout differs. */
export function compareSplits(champion: Schema, { id, timeColumn }: Schema): string[] {
  if (champion.id === id && champion.timeColumn === timeColumn) return [];
  const way = (by: Pick<Schema, 'id' | 'timeColumn'>) =>
    by.timeColumn !== null
      ? `by the time in "${escapeText(by.timeColumn)}"`
      : by.id !== null
        ? `by the id "${escapeText(by.id)}"`
        : 'by position';
  return [
    `the rows are split ${way({ id, timeColumn })}, those of the champion were split ${way(champion)}: it may have been ` +
      'trained on rows of this holdout, and its metrics are then too good',
  ];
}

function cause({ id, timeColumn }: Schema): string {
  if (timeColumn !== null)
    return `the data change with "${escapeText(timeColumn)}", by which the rows are split`;
  if (id !== null)
    return `rows of one "${escapeText(id)}" stay together, and a few of these groups are large`;
  return 'related rows may be in separate objects; name an "id" or a time column';
}

function remedy(schema: Schema): string {
  return schema.timeColumn === null
    ? 'add rows, or enlarge the split in the configuration (data.testFraction, data.validationFraction)'
    : 'enlarge the split (data.testFraction, data.validationFraction), or split by "id" instead of by time';
}

/** Returns the largest distance of two empirical distributions, 0 to 1. */
function largestDistance(a: readonly number[], b: readonly number[]): number {
  let [i, j, distance] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i]!, b[j]!);
    while (a[i] === value) i++;
    while (b[j] === value) j++;
    distance = Math.max(distance, Math.abs(i / a.length - j / b.length));
  }
  return distance;
}

/**
 * Returns the probability that a χ² variable exceeds `value` (Wilson and Hilferty 1931: a cube root that is nearly
 * normal).
 */
function chiSquareTail(value: number, degrees: number): number {
  const variance = 2 / (9 * degrees);
  const z = (Math.cbrt(value / degrees) - (1 - variance)) / Math.sqrt(variance);
  return z > 0 ? Math.exp(-(z ** 2) / 2) / (z * Math.sqrt(2 * Math.PI) + 1) : 1;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function invalid(message: string): PipelineError {
  return new PipelineError(ErrorName.InvalidData, message);
}
