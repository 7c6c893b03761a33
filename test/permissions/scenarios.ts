import type { EventEnvelope } from 'local-cloud/testing';
import { layout, GOLDEN_FILE } from '../../lib/contract/layout';
import type { RunRecord } from '../../lib/contract/run';
import type { Evidence } from './evidence';
import { nextRunFires, triggers } from './trigger-scenarios';
import { forgetChampion, forgetImages } from './reset';
import type { Workbench } from './workbench';

/** Something that the pipeline does, with what shows that it was done. Throws where any of it is missing. */
export interface Scenario {
  name: string;
  /** Whether a champion has to serve before. */
  champion: boolean;
  /** Whether it looks for logs and metrics, without which a run goes on as in AWS. */
  logs?: boolean;
  run(bench: Workbench, evidence: Evidence): Promise<void>;
}

const FUNCTIONS = [
  ...['Initiate', 'CheckData', 'Decide', 'Report'].map((name) => `Functions${name}`),
  ...['EndpointLock', 'SmokeTest', 'Retire'].map((name) => `Deployment${name}`),
];
const WEAK = { 'training.epochs': '1', 'training.learning_rate': '1e-7' };

/** Cheapest first: a grant is proven by the first scenario that fails without it. */
export const SCENARIOS: readonly Scenario[] = [
  { name: 'a state machine is created and changed', champion: false, logs: true, run: redeploy },
  { name: 'a prediction through the API', champion: true, logs: true, run: predict },
  { name: 'a run with nothing to do', champion: true, logs: true, run: nothingToDo },
  { name: 'an alarm that tells the team', champion: false, run: alarm },
  { name: 'triggers', champion: false, logs: true, run: triggers },
  { name: 'a triggered run', champion: true, run: nextRunFires },
  { name: 'a run with bad input', champion: true, logs: true, run: failing(badInput) },
  { name: 'a run stopped while it preprocesses', champion: true, run: stopped('ProcessingJob') },
  { name: 'a run stopped while it trains', champion: true, run: stopped('TrainingJob') },
  { name: 'a rejected candidate', champion: true, run: failing(weak) },
  { name: 'a challenger', champion: true, logs: true, run: challenger },
  { name: 'a training interrupted on Spot', champion: true, run: interrupted },
  { name: 'a challenger that answers wrongly', champion: true, run: failing(wrong) },
  { name: 'a run stopped while it builds', champion: false, run: stoppedBuild },
  { name: 'the first run', champion: false, logs: true, run: first },
  { name: 'a first model that answers wrongly', champion: false, run: failing(firstWrong) },
];

async function redeploy({ cloud, operator, stateMachineArn }: Workbench): Promise<void> {
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

async function predict(bench: Workbench, evidence: Evidence): Promise<void> {
  const before = await evidence.capturedRequests();
  const { status, body } = await bench.pipeline.predict(
    JSON.stringify({ instances: [await evidence.row()] }),
  );
  if (status !== 200) throw new Error(`the API answers ${status}: ${body.error?.message}`);
  const schema = await bench.pipeline.schema();
  if (schema.status !== 200)
    throw new Error(`GET /schema answers ${schema.status}: ${schema.body.error?.message}`);
  await evidence.functionLogs(['Predict']);
  await evidence.accessLog('PredictionAccessLog');
  await bench.until('a captured request', async () => (await evidence.capturedRequests()) > before);
}

/** As CloudWatch, under topic's and key's own policies. */
async function alarm(bench: Workbench): Promise<void> {
  const { cloud, operator, pipeline } = bench;
  const AlarmNamePrefix = 'mlops-local-runs-failing';
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
  await bench.until('a mail of the alarm', async () =>
    pipeline.mails().some((mail) => mail.includes(StateReason)),
  );
}

async function nothingToDo(bench: Workbench, evidence: Evidence): Promise<void> {
  await evidence.success(await bench.start());
  await evidence.functionLogs(['FunctionsInitiate']);
}

async function challenger(bench: Workbench, evidence: Evidence): Promise<void> {
  const run = await bench.start({ force: true });
  await evidence.success(run);
  await evidence.deployed(run);
  await evidence.functionLogs(FUNCTIONS);
  await evidence.jobLogs(run);
  await evidence.trainingMetrics(run);
}

async function interrupted(bench: Workbench, evidence: Evidence): Promise<void> {
  bench.pipeline.session.cloud.interruptTraining(1);
  try {
    const run = await bench.start({ force: true });
    await evidence.success(run);
    await evidence.resumed(run);
  } finally {
    bench.pipeline.session.cloud.interruptTraining(0);
  }
}

async function first(bench: Workbench, evidence: Evidence): Promise<void> {
  await forgetChampion(bench);
  const { status } = await bench.pipeline.schema();
  if (status !== 503) throw new Error(`GET /schema answers ${status} without a champion, not 503`);
  await forgetImages(bench);
  const run = await bench.start({ force: true });
  await evidence.success(run);
  await evidence.deployed(run);
  await evidence.buildLogs();
}

export interface Unsuccessful {
  name: string;
  decision: RunRecord['decision'];
}

/** A run that does not succeed: its record says how, and the team hears of it. */
export function failing(work: (bench: Workbench, evidence: Evidence) => Promise<Unsuccessful>) {
  return async (bench: Workbench, evidence: Evidence): Promise<void> => {
    const { name, decision } = await work(bench, evidence);
    await bench.cloud.events.settled();
    const record = JSON.parse(await bench.object(layout.record(name))) as RunRecord;
    if (record.decision !== decision) throw new Error(`${name} is ${record.decision}: ${record.message}`);
    if (!bench.pipeline.mails().some((mail) => mail.includes(name) && mail.includes(record.message))) {
      throw new Error(`no mail says why ${name} ended`);
    }
    await evidence.functionLogs(['Notify']);
  };
}

async function badInput(bench: Workbench, evidence: Evidence) {
  const run = await bench.start({ hyperparameters: { 'training.epochs': '-1' } });
  await evidence.failure(run, 'InvalidRunInput');
  return { name: run.name, decision: 'failed' as const };
}

async function weak(bench: Workbench, evidence: Evidence) {
  const run = await bench.start({ force: true, hyperparameters: WEAK });
  await evidence.failure(run, 'ModelRejected');
  await evidence.success(await bench.start({ hyperparameters: WEAK }));
  return { name: run.name, decision: 'rejected' as const };
}

async function wrong(bench: Workbench, evidence: Evidence) {
  const created = bench.asked('sagemaker:CreateModel');
  const run = await bench.start({ force: true });
  await Promise.race([created, run.ended]);
  const key = `${layout.evaluation(run.name)}${GOLDEN_FILE}`;
  const golden = (await bench.object(key)).replace(/"label": ?"\w+"/, '"label":"nothing"');
  const input = { Bucket: bench.artifactsBucket, Key: key, Body: golden };
  await bench.cloud.call('s3', 'PutObject', input, bench.operator);
  await evidence.failure(run, 'SmokeTestFailed');
  await evidence.nothingLeftOf(run);
  return { name: run.name, decision: 'failed' as const };
}

async function firstWrong(bench: Workbench, evidence: Evidence) {
  await forgetChampion(bench);
  return wrong(bench, evidence);
}

/** Stopped by hand once the job runs: the job ends too. */
function stopped(kind: 'ProcessingJob' | 'TrainingJob') {
  const detailType = `SageMaker ${kind === 'TrainingJob' ? 'Training' : 'Processing'} Job State Change`;
  return failing((bench, evidence) =>
    stopDuring(bench, evidence, {
      statusOf: (event) => (event['detail-type'] === detailType ? event.detail[`${kind}Status`] : undefined),
      running: 'InProgress',
      stopped: 'Stopped',
      failed: 'Failed',
    }),
  );
}

async function stoppedBuild(bench: Workbench, evidence: Evidence): Promise<void> {
  await forgetImages(bench);
  const build = {
    statusOf: ({ detail }: EventEnvelope) => detail['build-status'],
    running: 'IN_PROGRESS',
    stopped: 'STOPPED',
    failed: 'FAILED',
  };
  await failing(() => stopDuring(bench, evidence, build))(bench, evidence);
}

export interface Stoppable {
  statusOf(event: EventEnvelope): unknown;
  running: string;
  stopped: string;
  failed: string;
}

/** @param input of the run. Default: a training that lasts */
export async function stopDuring(
  bench: Workbench,
  evidence: Evidence,
  { statusOf, ...status }: Stoppable,
  input: object = { force: true, hyperparameters: { 'training.epochs': '10000' } },
): Promise<Unsuccessful> {
  const began = bench.event('a job that runs', (event) => statusOf(event) === status.running);
  const run = await bench.start(input);
  const ended = bench.event('the end of the job', (event) =>
    [status.stopped, status.failed].includes(statusOf(event) as string),
  );
  ended.catch(() => undefined);
  await Promise.race([began, run.ended]);
  await bench.cloud.call('sfn', 'StopExecution', { executionArn: run.arn }, bench.operator);
  await evidence.failure(run, 'ABORTED');
  const end = await Promise.race([ended, bench.patience('the end of the job')]);
  if (statusOf(end) !== status.stopped) throw new Error('the job failed before it could be stopped');
  return { name: run.name, decision: 'aborted' };
}
