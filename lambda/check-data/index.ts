import type { ShardReport } from '../../containers/table/report.ts';
import type { Schema } from '../../containers/table/schema.ts';
import { LambdaVariable } from '../../lib/contract/environment';
import { layout } from '../../lib/contract/layout';
import type { DataSummary, RunManifest } from '../../lib/contract/run';
import { variable } from '../shared/environment';
import { logged } from '../shared/log';
import { readModelFacts } from '../shared/model';
import { Bucket } from '../shared/s3';
import { readSchema } from '../shared/table-schema';
import { addUpRows } from './rows';
import { compareSplits } from './split-checks';
import { checkUnchanged, summarise } from './summary';

const data = new Bucket(variable(LambdaVariable.DataBucket));
const artifacts = new Bucket(variable(LambdaVariable.ArtifactsBucket));
const dataPrefix = variable(LambdaVariable.DataPrefix);
const model = readModelFacts();

export interface CheckDataRequest {
  readonly runId: string;
  readonly maxBadRowFraction: number;
}

/**
 * `Check data`: adds up the shards' reports, for a table writes encoding.json, and checks that the shards read the pinned versions.
 * Processing jobs read an object's current version; S3 is strongly consistent, so a version that is current before and
 * after the jobs is the one they read.
 */
async function checkData({ runId, maxBadRowFraction }: CheckDataRequest): Promise<DataSummary> {
  const reportKeys = await artifacts.keys(`${layout.preprocessed(runId)}report/`);
  const isTable = model.data.check === 'table';
  const [manifest, current, schema, reports] = await Promise.all([
    artifacts.json<RunManifest>(layout.manifest(runId)),
    data.currentVersions(dataPrefix),
    isTable ? artifacts.text(layout.schema(runId)) : '',
    Promise.all(reportKeys.map((key) => artifacts.json<unknown>(key))),
  ]);
  if (!manifest)
    throw new Error(`${artifacts.uri(layout.manifest(runId))} does not exist; Plan run writes it`);
  checkUnchanged(manifest.data, current, (key) => data.uri(key));
  const present = reports.filter((report) => report !== null);
  return isTable
    ? checkTable(manifest, schema, present as ShardReport[], maxBadRowFraction)
    : addUpRows(present, maxBadRowFraction);
}

async function checkTable(
  manifest: RunManifest,
  text: string,
  reports: readonly ShardReport[],
  maxBadRowFraction: number,
): Promise<DataSummary> {
  const { runId } = manifest;
  const schema = readSchema(text, artifacts.uri(layout.schema(runId)));
  const { summary, encoding } = summarise(schema, reports, maxBadRowFraction);
  await artifacts.putJson(layout.encoding(runId), encoding);
  return { ...summary, warnings: [...summary.warnings, ...(await warnOfOtherSplit(manifest, schema))] };
}

/** Warns if the champion may have been trained on rows that are in the holdout now. */
async function warnOfOtherSplit({ champion }: RunManifest, schema: Schema): Promise<string[]> {
  const before = champion && (await artifacts.textIfAny(layout.schema(champion)));
  return before ? compareSplits(readSchema(before, artifacts.uri(layout.schema(champion))), schema) : [];
}

export const handler = logged('Check data', checkData);
