import type { EventBridgeEvent } from 'aws-lambda';
import { LambdaVariable } from '../../lib/contract/environment';
import { layout } from '../../lib/contract/layout';
import type { GateDecision } from '../../lib/contract/gate';
import type { Champion } from '../../lib/contract/run';
import { variable } from '../shared/environment';
import { failedState, historyOf } from '../shared/history';
import { jobsOf } from '../shared/job-use';
import { logged } from '../shared/log';
import { outcomeMessage } from '../shared/messages';
import { publishMetrics } from '../shared/metrics';
import { runCost } from '../shared/run-cost';
import { Bucket } from '../shared/s3';
import { Topic } from '../shared/topic';
import { failureMetrics, failureRecord } from './failure';
import { describeEnd } from './sfn';

const artifacts = new Bucket(variable(LambdaVariable.ArtifactsBucket));
const topic = new Topic(variable(LambdaVariable.TopicArn));
const prefix = variable(LambdaVariable.Prefix);
const environment = variable(LambdaVariable.Environment);
const model = variable(LambdaVariable.Model);

/** The detail of `Step Functions Execution Status Change`; only the fields that are used. */
interface StatusChange {
  readonly executionArn: string;
  readonly name: string;
}

type StatusChangeEvent = EventBridgeEvent<'Step Functions Execution Status Change', StatusChange>;

/** Notifies the team of every execution that ended without success. */
async function notify(event: StatusChangeEvent): Promise<void> {
  const { executionArn, name } = event.detail;
  const [end, history, decision, champion] = await Promise.all([
    describeEnd(executionArn),
    historyOf(executionArn),
    artifacts.json<GateDecision>(layout.decision(name)),
    artifacts.json<Champion>(layout.champion),
  ]);
  const execution = { ...end, state: failedState(history, end.error) };
  const cost = runCost(jobsOf(history));
  const record = failureRecord(
    { runId: name, executionArn, environment, model, execution, decision, champion, cost },
    new Date(),
  );
  await artifacts.putJson(layout.record(name), record);
  await topic.publish(outcomeMessage(record));
  publishMetrics(prefix, name, failureMetrics(record));
}

export const handler = (event: StatusChangeEvent) =>
  logged('Notify', () => notify(event))({ runId: event.detail.name });
