import { LambdaVariable } from '../../lib/contract/environment';
import { layout } from '../../lib/contract/layout';
import type { RunRecord } from '../../lib/contract/run';
import { variable } from '../shared/environment';
import { outcomeMessage } from '../shared/messages';
import { Bucket } from '../shared/s3';
import { Topic } from '../shared/topic';
import { successRecord, type ReportRequest } from './record';

const artifacts = new Bucket(variable(LambdaVariable.ArtifactsBucket));
const topic = new Topic(variable(LambdaVariable.TopicArn));
const environment = variable(LambdaVariable.Environment);

/** `Report run`: leaves the record of a run that deployed a model, and tells the team. */
export async function handler(request: ReportRequest): Promise<RunRecord> {
  const record = successRecord(request, environment, new Date());
  await artifacts.putJson(layout.record(record.runId), record);
  await topic.publish(outcomeMessage(record));
  return record;
}
