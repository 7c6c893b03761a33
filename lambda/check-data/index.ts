import { LambdaVariable } from '../../lib/contract/environment';
import { layout } from '../../lib/contract/layout';
import type { DataSummary, RunManifest } from '../../lib/contract/run';
import { variable } from '../shared/environment';
import { logged } from '../shared/log';
import { Bucket } from '../shared/s3';
import { checkUnchanged, summarise, type ShardReport } from './summary';

const data = new Bucket(variable(LambdaVariable.DataBucket));
const artifacts = new Bucket(variable(LambdaVariable.ArtifactsBucket));
const dataPrefix = variable(LambdaVariable.DataPrefix);

export interface CheckDataRequest {
  readonly runId: string;
  readonly maxBadRowFraction: number;
}

/**
 * `Check data`: adds up what the shards found, and makes sure that they read the pinned versions. Processing
 * jobs read an object's current version; S3 is strongly consistent, so a version that is current before and
 * after the jobs is the one they read.
 */
async function checkData({ runId, maxBadRowFraction }: CheckDataRequest): Promise<DataSummary> {
  const reportKeys = await artifacts.keys(`${layout.preprocessed(runId)}report/`);
  const [manifest, current, reports] = await Promise.all([
    artifacts.json<RunManifest>(layout.manifest(runId)),
    data.currentVersions(dataPrefix),
    Promise.all(reportKeys.map((key) => artifacts.json<ShardReport>(key))),
  ]);
  if (!manifest) throw new Error(`${artifacts.uri(layout.manifest(runId))} is gone; Plan run writes it`);
  checkUnchanged(manifest.data, current, (key) => data.uri(key));
  return summarise(
    reports.filter((report) => report !== null),
    maxBadRowFraction,
  );
}

export const handler = logged('Check data', checkData);
