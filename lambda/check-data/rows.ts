import * as z from 'zod/mini';
import { ErrorName, PipelineError } from '../../lib/contract/errors';
import type { DataSummary } from '../../lib/contract/run';

const count = z.int().check(z.minimum(0));

/** Report of a shard whose data are no table, `report/shard-<n>.json`; further fields are allowed. */
const RowsReport = z.object({
  /** Rows, or whatever the model calls its examples, by split. */
  rows: z.object({ train: count, validation: count, test: count }),
  /** Rows that were set aside. Default: 0. */
  rejected: z._default(count, 0),
});

const FORM = '{"rows": {"train": number, "validation": number, "test": number}, "rejected": number}';

/**
 * Adds up the reports of shards that are no table.
 *
 * @param maxBadRowFraction share of all rows that may be set aside, 0 to 1
 * @throws PipelineError `InvalidData` for a report of another form, an empty split, or too many rows set aside
 */
export function addUpRows(reports: readonly unknown[], maxBadRowFraction: number): DataSummary {
  if (reports.length === 0) {
    throw invalid(`preprocessing wrote no report; each shard must write report/shard-<n>.json, ${FORM}`);
  }
  const rows = { train: 0, validation: 0, test: 0 };
  let rejected = 0;
  for (const report of reports) {
    const parsed = RowsReport.safeParse(report);
    if (!parsed.success) {
      throw invalid(`the report of a shard is ${JSON.stringify(report).slice(0, 300)}; must be ${FORM}`);
    }
    for (const split of ['train', 'validation', 'test'] as const) rows[split] += parsed.data.rows[split];
    rejected += parsed.data.rejected;
  }
  const total = rows.train + rows.validation + rows.test + rejected;
  const note = rejected === 0 ? '' : `${rejected} of ${total} rows were set aside`;
  if (rejected > maxBadRowFraction * total) {
    throw invalid(
      `${note}; at most a share of ${maxBadRowFraction} of the rows may be set aside: correct the data (the log of ` +
        'Preprocess shard names them), or raise preprocessing.max_bad_row_fraction where the model has it',
    );
  }
  const empty = (['train', 'validation', 'test'] as const).find((split) => rows[split] === 0);
  if (empty !== undefined) {
    throw invalid(
      `no row of ${total - rejected} fell into the ${empty} split; add data, or change data.validationFraction or data.testFraction`,
    );
  }
  return { rows, rejected, note, warnings: [] };
}

function invalid(message: string): PipelineError {
  return new PipelineError(ErrorName.InvalidData, message);
}
