import type { EventEnvelope } from 'local-cloud/testing';
import { layout, GOLDEN_FILE } from '../../lib/contract/layout';
import type { RunRecord } from '../../lib/contract/run';
import type { Evidence } from './evidence';
import { nextRunFires, triggers } from './trigger-scenarios';
import { forgetChampion, forgetImages } from './reset';
import type { Harness } from './harness';
import { lost, withoutArtifact } from './restore-scenarios';

/** A use of the pipeline with checks of its effects. `run` throws if an effect is missing. */
export interface Scenario {
  name: string;
  /** True if it needs a champion in service. */
  champion: boolean;
  /** True if it checks logs and metrics, without which a run does not fail. */
  logs?: boolean;
  run(harness: Harness, evidence: Evidence): Promise<void>;
}

const WEAK = { 'training.epochs': '1', 'training.learning_rate': '1e-7' };

/** Cheapest first: a grant is proven by the first scenario that fails without it. */
export const SCENARIOS: readonly Scenario[] = [
  { name: 'a state machine is created and changed', champion: false, logs: true, run: redeploy },
  { name: 'a prediction through the API', champion: true, logs: true, run: predict },
  { name: 'a run with nothing to do', champion: true, logs: true, run: nothingToDo },
  { name: 'an alarm that is mailed', champion: false, run: alarm },
  { name: 'triggers', champion: false, logs: true, run: triggers },
  { name: 'a triggered run', champion: true, run: nextRunFires },
  { name: 'a run with bad input', champion: true, logs: true, run: failing(badInput) },
  { name: 'a run stopped while it preprocesses', champion: true, run: stopped('ProcessingJob') },
  { name: 'a run stopped while it trains', champion: true, run: stopped('TrainingJob') },
  { name: 'a champion out of service', champion: true, logs: true, run: lost },
  { name: 'a rejected candidate', champion: true, run: failing(weak) },
  { name: 'a champion without its artifact', champion: true, run: withoutArtifact },
  { name: 'a challenger', champion: true, logs: true, run: challenger },
  { name: 'a training interrupted on Spot', champion: true, run: interrupted },
  { name: 'a challenger that answers wrongly', champion: true, run: failing(wrong) },
  { name: 'a run stopped while it builds', champion: false, run: stoppedBuild },
  { name: 'the first run', champion: false, logs: true, run: first },
  { name: 'a first model that answers wrongly', champion: false, run: failing(firstWrong) },
];

async function redeploy({ cloud, operator, stateMachineArn }: Harness): Promise<void> {
  const { definition, roleArn, loggingConfiguration, tracingConfiguration } = await cloud.call(
    'sfn',
    'DescribeStateMachine',
    { stateMachineArn },
    operator,
  );
  const machine = { definition, roleArn, loggingConfiguration, tracingConfiguration };
  const { stateMachineArn: copy } = await cloud.call(
    'sfn',
    'CreateStateMachine',
    { name: `copy-${Date.now()}`, ...machine },
    operator,
  );
  try {
    await cloud.call('sfn', 'UpdateStateMachine', { stateMachineArn: copy, ...machine }, operator);
  } finally {
    await cloud.call('sfn', 'DeleteStateMachine', { stateMachineArn: copy }, operator);
  }
}

async function predict(harness: Harness, evidence: Evidence): Promise<void> {
  const before = await evidence.capturedRequests();
  const { status, body } = await harness.pipeline.predict(
    JSON.stringify({ instances: [await evidence.row()] }),
  );
  if (status !== 200) throw new Error(`the API returned ${status}: ${body.error?.message}`);
  const schema = await harness.pipeline.schema();
  if (schema.status !== 200)
    throw new Error(`GET /schema returned ${schema.status}: ${schema.body.error?.message}`);
  await evidence.functionLogs(['Predict']);
  await evidence.accessLog('PredictionAccessLog');
  await harness.until('the request is captured', async () => (await evidence.capturedRequests()) > before);
}

/** CloudWatch publishes under the policies of topic and key. */
async function alarm(harness: Harness): Promise<void> {
  const { cloud, operator, pipeline } = harness;
  const AlarmNamePrefix = 'mlops-table-local-runs-failing';
  const { MetricAlarms = [] } = await cloud.call(
    'cloudwatch',
    'DescribeAlarms',
    { AlarmNamePrefix },
    operator,
  );
  const { AlarmName } = MetricAlarms[0]!;
  const StateReason = `scenario ${Date.now()}`;
  for (const StateValue of ['OK', 'ALARM'] as const)
    await cloud.call('cloudwatch', 'SetAlarmState', { AlarmName, StateValue, StateReason }, operator);
  await harness.until('the alarm is mailed', async () =>
    pipeline.mails().some((mail) => mail.includes(StateReason)),
  );
}

async function nothingToDo(harness: Harness, evidence: Evidence): Promise<void> {
  await evidence.success(await harness.start());
  await evidence.functionLogs(['RunPrepareInitiate']);
}

async function challenger(harness: Harness, evidence: Evidence): Promise<void> {
  const run = await harness.start({ force: true });
  await evidence.success(run);
  await evidence.deployed(run);
  await evidence.functionLogs(await harness.functionsOfRuns());
  await evidence.jobLogs(run);
  await evidence.trainingMetrics(run);
}

async function interrupted(harness: Harness, evidence: Evidence): Promise<void> {
  const { faults } = harness.pipeline.session.cloud;
  faults.set({ rules: [{ job: { kind: 'training' }, fault: 'spotInterruption', times: 1 }] });
  try {
    const run = await harness.start({ force: true });
    await evidence.success(run);
    await evidence.resumed(run);
  } finally {
    faults.set({ rules: [] });
  }
}

async function first(harness: Harness, evidence: Evidence): Promise<void> {
  await forgetChampion(harness);
  const { status } = await harness.pipeline.schema();
  if (status !== 503) throw new Error(`GET /schema returned ${status} without a champion, not 503`);
  await forgetImages(harness);
  const run = await harness.start({ force: true });
  await evidence.success(run);
  await evidence.deployed(run);
  await evidence.buildLogs();
}

export interface Unsuccessful {
  name: string;
  decision: RunRecord['decision'];
}

/** Checks that a run that does not succeed is recorded and mailed. */
export function failing(work: (harness: Harness, evidence: Evidence) => Promise<Unsuccessful>) {
  return async (harness: Harness, evidence: Evidence): Promise<void> => {
    const { name, decision } = await work(harness, evidence);
    await harness.cloud.events.settled();
    const record = JSON.parse(await harness.object(layout.record(name))) as RunRecord;
    if (record.decision !== decision) throw new Error(`${name} is ${record.decision}: ${record.message}`);
    if (!harness.pipeline.mails().some((mail) => mail.includes(name) && mail.includes(record.message))) {
      throw new Error(`no mail has the reason of the end of ${name}`);
    }
    await evidence.functionLogs(['NotificationsNotify']);
  };
}

async function badInput(harness: Harness, evidence: Evidence) {
  const run = await harness.start({ hyperparameters: { 'training.epochs': '-1' } });
  await evidence.failure(run, 'InvalidRunInput');
  return { name: run.name, decision: 'failed' as const };
}

async function weak(harness: Harness, evidence: Evidence) {
  const run = await harness.start({ force: true, hyperparameters: WEAK });
  await evidence.failure(run, 'ModelRejected');
  await evidence.success(await harness.start({ hyperparameters: WEAK }));
  return { name: run.name, decision: 'rejected' as const };
}

async function wrong(harness: Harness, evidence: Evidence) {
  const created = harness.requested('sagemaker:CreateModel');
  const run = await harness.start({ force: true });
  await Promise.race([created, run.ended]);
  const key = `${layout.evaluation(run.name)}${GOLDEN_FILE}`;
  const golden = (await harness.object(key)).replace(/"label": ?"\w+"/, '"label":"nothing"');
  const input = { Bucket: harness.artifactsBucket, Key: key, Body: golden };
  await harness.cloud.call('s3', 'PutObject', input, harness.operator);
  await evidence.failure(run, 'SmokeTestFailed');
  await evidence.nothingLeftOf(run);
  return { name: run.name, decision: 'failed' as const };
}

async function firstWrong(harness: Harness, evidence: Evidence) {
  await forgetChampion(harness);
  return wrong(harness, evidence);
}

/** Stops a run once its job is running, and checks that the job stops. */
function stopped(kind: 'ProcessingJob' | 'TrainingJob') {
  const detailType = `SageMaker ${kind === 'TrainingJob' ? 'Training' : 'Processing'} Job State Change`;
  return failing((harness, evidence) =>
    stopDuring(harness, evidence, {
      statusOf: (event) => (event['detail-type'] === detailType ? event.detail[`${kind}Status`] : undefined),
      running: 'InProgress',
      stopped: 'Stopped',
      failed: 'Failed',
    }),
  );
}

async function stoppedBuild(harness: Harness, evidence: Evidence): Promise<void> {
  await forgetImages(harness);
  const build = {
    statusOf: ({ detail }: EventEnvelope) => detail['build-status'],
    running: 'IN_PROGRESS',
    stopped: 'STOPPED',
    failed: 'FAILED',
  };
  await failing(() => stopDuring(harness, evidence, build))(harness, evidence);
}

export interface Stoppable {
  statusOf(event: EventEnvelope): unknown;
  running: string;
  stopped: string;
  failed: string;
}

/** @param input of the run; default: a long training */
export async function stopDuring(
  harness: Harness,
  evidence: Evidence,
  { statusOf, ...status }: Stoppable,
  input: object = { force: true, hyperparameters: { 'training.epochs': '10000' } },
): Promise<Unsuccessful> {
  const began = harness.event('the job has started', (event) => statusOf(event) === status.running);
  const run = await harness.start(input);
  const ended = harness.event('the job has ended', (event) =>
    [status.stopped, status.failed].includes(statusOf(event) as string),
  );
  ended.catch(() => undefined);
  await Promise.race([began, run.ended]);
  await harness.cloud.call('sfn', 'StopExecution', { executionArn: run.arn }, harness.operator);
  await evidence.failure(run, 'ABORTED');
  const end = await Promise.race([ended, harness.patience('the job has ended')]);
  if (statusOf(end) !== status.stopped) throw new Error('the job failed before it could be stopped');
  return { name: run.name, decision: 'aborted' };
}
