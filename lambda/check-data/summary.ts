import { ErrorName, PipelineError } from '../../lib/contract/errors';
import { SPLITS, type Split } from '../../lib/contract/layout';
import type { DataSummary, PinnedObject } from '../../lib/contract/run';

/** What the preprocessing program writes for a shard (the part that is used here). */
export interface ShardReport {
  readonly rows: Readonly<Record<Split, number>>;
  readonly rejected: number;
  /** Class counts by split. */
  readonly classCounts: Readonly<Record<Split, Readonly<Record<string, number>>>>;
  readonly examples: readonly RejectedRow[];
}

interface RejectedRow {
  readonly file: string;
  readonly line: number;
  readonly column: string;
  readonly value: string;
  readonly reason: string;
}

const EXAMPLES_SHOWN = 3;

/** @throws PipelineError `DataChanged` if a pinned version is no longer the current one */
export function checkUnchanged(
  pinned: readonly PinnedObject[],
  current: readonly PinnedObject[],
  uri: (key: string) => string,
): void {
  const versions = new Map(current.map(({ key, versionId }) => [key, versionId]));
  const changed = pinned.find(({ key, versionId }) => versions.get(key) !== versionId);
  if (!changed) return;
  throw new PipelineError(
    ErrorName.DataChanged,
    `${uri(changed.key)} was ${versions.has(changed.key) ? 'overwritten' : 'deleted'} while the run read it ` +
      `(pinned version ${changed.versionId}); start a new run`,
  );
}

/**
 * @param maxBadRowFraction share of all rows, 0 to 1
 * @throws PipelineError `InvalidData` if more rows were set aside, or a split or a class has no row
 */
export function summarise(reports: readonly ShardReport[], maxBadRowFraction: number): DataSummary {
  const rows = Object.fromEntries(
    SPLITS.map((split) => [split, sum(reports.map((r) => r.rows[split]))]),
  ) as Record<Split, number>;
  const rejected = sum(reports.map((report) => report.rejected));
  const total = sum(Object.values(rows)) + rejected;
  const note = rejected === 0 ? '' : describe(rejected, total, reports);
  if (rejected > maxBadRowFraction * total) {
    throw new PipelineError(
      ErrorName.InvalidData,
      `${note}; allowed is a share of ${maxBadRowFraction} (hyperparameter preprocessing.max_bad_row_fraction): ` +
        'mend the rows or allow more',
    );
  }
  for (const split of SPLITS) {
    if (rows[split] > 0) continue;
    throw new PipelineError(
      ErrorName.InvalidData,
      `no row of ${total} fell into the ${split} split; add data or enlarge the split in the configuration`,
    );
  }
  checkClasses(reports);
  return { rows, rejected, note };
}

/** A class that training never sees cannot be predicted; one that the holdout lacks cannot be judged. */
function checkClasses(reports: readonly ShardReport[]): void {
  for (const split of ['train', 'test'] as const) {
    const counts = new Map<string, number>();
    for (const report of reports) {
      for (const [name, count] of Object.entries(report.classCounts[split])) {
        counts.set(name, (counts.get(name) ?? 0) + count);
      }
    }
    const absent = [...counts].find(([, count]) => count === 0)?.[0];
    if (absent === undefined) continue;
    throw new PipelineError(
      ErrorName.InvalidData,
      `class "${absent}" has no row in the ${split} split; add rows of it or take it out of the schema's "classes"`,
    );
  }
}

function describe(rejected: number, total: number, reports: readonly ShardReport[]): string {
  const shown = reports
    .flatMap((report) => report.examples)
    .slice(0, EXAMPLES_SHOWN)
    .map((row) => `${row.file} line ${row.line}, column "${row.column}": "${row.value}" ${row.reason}`);
  return `${rejected} of ${total} rows were set aside, e.g. ${shown.join('; ')}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, value) => total + value, 0);
}
