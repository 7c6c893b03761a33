import { LambdaVariable } from '../../lib/contract/environment';
import { layout } from '../../lib/contract/layout';
import type { TrainingInstances } from '../../lib/contract/prices';
import type { RunRecord } from '../../lib/contract/run';
import { jsonVariable, variable } from '../shared/environment';
import { logged, type OfRun } from '../shared/log';
import { outcomeMessage } from '../shared/messages';
import { publishMetrics } from '../shared/metrics';
import { Bucket } from '../shared/s3';
import { Topic } from '../shared/topic';
import { successRecord, type ReportRequest } from './record';
import { runCost, successMetrics } from './usage';

const artifacts = new Bucket(variable(LambdaVariable.ArtifactsBucket));
const topic = new Topic(variable(LambdaVariable.TopicArn));
const prefix = variable(LambdaVariable.Prefix);
const instances = jsonVariable<TrainingInstances>(LambdaVariable.TrainingInstances);
const environment = variable(LambdaVariable.Environment);

/** `Report run`: leaves the record of a run that deployed a model, and tells the team. */
async function reportRun(request: ReportRequest & OfRun): Promise<RunRecord> {
  const cost = runCost(instances, request.training);
  const record = { ...successRecord(request, environment, new Date()), ...(cost && { cost }) };
  await artifacts.putJson(layout.record(record.runId), record);
  await topic.publish(outcomeMessage(record));
  publishMetrics(
    prefix,
    record.runId,
    successMetrics(request.testing, record.metrics.accuracy, request.training, cost),
  );
  return record;
}

export const handler = logged('Report run', reportRun);
