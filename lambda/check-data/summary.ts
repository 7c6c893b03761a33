import type { Encoding } from '../../containers/table/encoding.ts';
import type { ShardReport } from '../../containers/table/report.ts';
import type { Schema } from '../../containers/table/schema.ts';
import { ErrorName, PipelineError } from '../../lib/contract/errors';
import type { DataSummary, PinnedObject } from '../../lib/contract/run';
import { learnEncoding } from './encoding';
import { describeRejected, remedyFor } from './problems';
import { checkRows, checkSplit } from './split-checks';
import { addUp, sum } from './statistics';

/** Checks that the pinned versions are current. @throws PipelineError `DataChanged` if one no longer is */
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
 * Adds up the shards' reports, and learns the encoding of rows as the model's inputs.
 *
 * @param reports at least one
 * @param maxBadRowFraction share of all rows, 0 to 1
 * @throws PipelineError `InvalidData` if more rows were set aside, or the rest is not enough to train and judge a model
 */
export function summarise(
  schema: Schema,
  reports: readonly ShardReport[],
  maxBadRowFraction: number,
): { summary: DataSummary; encoding: Encoding } {
  const totals = addUp(reports);
  const { rows, rejected } = totals;
  const total = sum(Object.values(rows)) + rejected;
  const note = describeRejected(reports, rejected, total);
  if (rejected > maxBadRowFraction * total) {
    throw new PipelineError(
      ErrorName.InvalidData,
      `${note}\n${remedyFor(rejected, total, maxBadRowFraction)}`,
    );
  }
  checkRows(schema, totals);
  const columns = new Set(reports.flatMap(({ files }) => files.flatMap((file) => file.columns)));
  const encoding = learnEncoding(schema, totals, [...columns]);
  return { summary: { rows, rejected, note, warnings: checkSplit(schema, totals) }, encoding };
}
