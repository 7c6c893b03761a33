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
import { restoredRecord, successRecord, type ReportRequest, type RestoredRequest } from './record';
import { successMetrics } from './usage';

const artifacts = new Bucket(variable(LambdaVariable.ArtifactsBucket));
const topic = new Topic(variable(LambdaVariable.TopicArn));
const prefix = variable(LambdaVariable.Prefix);
const environment = variable(LambdaVariable.Environment);
const model = variable(LambdaVariable.Model);

/** `Report run`: writes the record of a run that deployed a model, and notifies the team. */
async function reportRun(request: ReportRequest): Promise<RunRecord> {
  const jobs = jobsOf(await historyOf(request.executionArn));
  const cost = runCost(jobs);
  const record = { ...successRecord(request, { environment, model }, new Date()), cost };
  await recordOnce(record);
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

/** A call whose answer was lost is made again: the team has the mail. A redrive finds the record of the failure. */
async function recordOnce(record: RunRecord): Promise<void> {
  const key = layout.record(record.runId);
  const before = await artifacts.json<RunRecord>(key);
  await artifacts.putJson(key, record);
  if (before?.decision !== record.decision) await topic.publish(outcomeMessage(record));
}

/** `Report restored champion`: the same for a run that brought the champion's endpoint back. */
async function reportRestored(request: RestoredRequest): Promise<RunRecord> {
  const { plan } = request;
  const record = restoredRecord(request, { environment, model }, new Date());
  // A run that goes on to train has its record at its end; an earlier one would be read in its place.
  await (plan.changed ? topic.publish(outcomeMessage(record)) : recordOnce(record));
  publishMetrics(prefix, record.runId, {
    ...(plan.changed ? {} : { RunsRestored: 1, RunsCompleted: 1 }),
    EndpointFaults: 0,
  });
  return record;
}

type Request = (ReportRequest | RestoredRequest) & OfRun;

export const handler = logged('Report run', (request: Request) =>
  'decision' in request ? reportRun(request) : reportRestored(request),
);
