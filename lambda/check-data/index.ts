import type { ShardReport } from '../../containers/table/report.ts';
import { LambdaVariable } from '../../lib/contract/environment';
import { layout } from '../../lib/contract/layout';
import type { DataSummary, RunManifest } from '../../lib/contract/run';
import { variable } from '../shared/environment';
import { logged } from '../shared/log';
import { Bucket } from '../shared/s3';
import { readSchema } from '../shared/table-schema';
import { checkUnchanged, summarise } from './summary';

const data = new Bucket(variable(LambdaVariable.DataBucket));
const artifacts = new Bucket(variable(LambdaVariable.ArtifactsBucket));
const dataPrefix = variable(LambdaVariable.DataPrefix);

export interface CheckDataRequest {
  readonly runId: string;
  readonly maxBadRowFraction: number;
}

/**
 * `Check data`: adds up what the shards found, writes encoding.json, and makes sure that the shards read the pinned
 * versions. Processing jobs read an object's current version; S3 is strongly consistent, so a version that is current
 * before and after the jobs is the one they read.
 */
async function checkData({ runId, maxBadRowFraction }: CheckDataRequest): Promise<DataSummary> {
  const reportKeys = await artifacts.keys(`${layout.preprocessed(runId)}report/`);
  const [manifest, current, schema, reports] = await Promise.all([
    artifacts.json<RunManifest>(layout.manifest(runId)),
    data.currentVersions(dataPrefix),
    artifacts.text(layout.schema(runId)),
    Promise.all(reportKeys.map((key) => artifacts.json<ShardReport>(key))),
  ]);
  if (!manifest) throw new Error(`${artifacts.uri(layout.manifest(runId))} is gone; Plan run writes it`);
  checkUnchanged(manifest.data, current, (key) => data.uri(key));
  const { summary, encoding } = summarise(
    readSchema(schema, artifacts.uri(layout.schema(runId))),
    reports.filter((report) => report !== null),
    maxBadRowFraction,
  );
  await artifacts.putJson(layout.encoding(runId), encoding);
  return summary;
}

export const handler = logged('Check data', checkData);
