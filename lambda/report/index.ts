import { LambdaVariable } from '../../lib/contract/environment';
import { layout } from '../../lib/contract/layout';
import type { RunRecord } from '../../lib/contract/run';
import { variable } from '../shared/environment';
import { historyOf } from '../shared/history';
import { jobsOf } from '../shared/job-use';
import { logged, type OfRun } from '../shared/log';
import { outcomeMessage } from '../shared/messages';
import { publishMetrics } from '../shared/metrics';
import { runCost, trainingUsd } from '../shared/run-cost';
import { Bucket } from '../shared/s3';
import { Topic } from '../shared/topic';
import { successRecord, type ReportRequest } from './record';
import { successMetrics } from './usage';

const artifacts = new Bucket(variable(LambdaVariable.ArtifactsBucket));
const topic = new Topic(variable(LambdaVariable.TopicArn));
const prefix = variable(LambdaVariable.Prefix);
const environment = variable(LambdaVariable.Environment);
const model = variable(LambdaVariable.Model);

/** `Report run`: writes the record of a run that deployed a model, and notifies the team. */
async function reportRun(request: ReportRequest & OfRun): Promise<RunRecord> {
  const jobs = jobsOf(await historyOf(request.executionArn));
  const cost = runCost(jobs);
  const record = { ...successRecord(request, { environment, model }, new Date()), cost };
  const before = await artifacts.json<RunRecord>(layout.record(record.runId));
  await artifacts.putJson(layout.record(record.runId), record);
  // A call whose answer was lost is made again: the team has the mail. A redrive finds the record of the failure.
  if (before?.decision !== record.decision) await topic.publish(outcomeMessage(record));
  publishMetrics(
    prefix,
    record.runId,
    successMetrics(
      request.testing,
      record.headline?.value ?? undefined,
      request.training,
      cost,
      trainingUsd(jobs),
    ),
  );
  return record;
}

export const handler = logged('Report run', reportRun);
