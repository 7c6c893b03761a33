import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { executionHistory } from '../cli/execution';
import { Progress } from '../cli/progress';
import { startRun } from '../cli/start-run';
import { runName } from '../lib/contract/names';
import { until } from '../cli/until';
import type { PipelineConfig } from '../lib/config';
import { goldenBody } from '../lib/contract/golden';
import { findFiles } from '../cli/training-data';
import { runPipeline } from '../start/pipeline';
import { openSession, type Session } from '../start/session';
import { Load } from './load';
import { summarise, type Summary } from './samples';

export interface ScenarioOrder {
  /** Folder of the cloud assembly with the strategy. */
  assembly: string;
  /** Interpreter that has PyTorch. */
  python: string;
  /** Requests per second. */
  rate: number;
  config: PipelineConfig;
  /** Seconds of load before the run, as the baseline. */
  beforeSeconds: number;
}

/** Effects of a strategy's deployment and the following rollback on the clients. */
export interface ScenarioResult {
  before: Summary;
  /** The phase from the run's start to the deployment: images, preprocessing, training, evaluation. */
  training: Summary;
  /** The phase from `Update endpoint` to the end of `Record champion` or `Record challenger`. */
  deployment: Summary;
  deploymentSeconds: number;
  /** Duration of `mlops rollback`. */
  rollback: Summary;
  rollbackSeconds: number;
  /** All requests that count. */
  whole: Summary;
}

/** Time until code is compiled and connections are open, milliseconds. */
const WARM_UP_MS = 10_000;

const DATA = { source: 'examples/breast-cancer/data', schema: 'examples/breast-cancer/schema.json' };

/** Measures one strategy, in a separate process and local cloud: champion, load, challenger, rollback. */
process.once('message', (order: ScenarioOrder) => {
  measure(order).then(
    (result) => process.send!(result, undefined, undefined, () => process.exit(0)),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

async function measure({
  assembly,
  config,
  python,
  rate,
  beforeSeconds,
}: ScenarioOrder): Promise<ScenarioResult> {
  const state = mkdtempSync(join(tmpdir(), 'bench-'));
  const session = await openSession({ assembly, config, state, python, fresh: false, port: 0 });
  try {
    const champion = await makeChampion(session);
    const { golden } = champion;
    if (!golden) throw new Error(`the champion was not deployed: ${JSON.stringify(champion)}`);
    const load = Load.start({
      url: session.api!.url,
      headers: { 'x-api-key': session.api!.key, 'content-type': 'application/json' },
      body: Buffer.from(goldenBody(golden)).toString(),
      rate,
    });
    await sleep(WARM_UP_MS);
    const began = Date.now();
    await sleep(beforeSeconds * 1000);
    const runBegan = Date.now();
    const executionArn = await challenge(session);
    const rollbackBegan = Date.now();
    const rollbackSeconds = await rollBack(session);
    const ended = Date.now();
    const samples = await load.stop();
    const { from, to } = await deploymentPhase(session, executionArn);
    return {
      before: summarise(samples, began, runBegan),
      training: summarise(samples, runBegan, from),
      deployment: summarise(samples, from, to),
      deploymentSeconds: (to - from) / 1000,
      rollback: summarise(samples, rollbackBegan, ended),
      rollbackSeconds,
      whole: summarise(samples, began, ended),
    };
  } finally {
    await session.cloud.close();
    rmSync(state, { recursive: true, force: true });
  }
}

function makeChampion(session: Session) {
  const data = { ...DATA, ...findFiles(DATA.source, session.config.data) };
  const options = { data, set: {}, force: false, interruptTraining: 0 };
  return runPipeline(session, options, new Progress({ isTTY: false, write: () => true }));
}

/**
 * Starts a forced run. Its status is polled rarely: the polling happens in the process that is measured.
 *
 * @returns the execution
 */
async function challenge({ clients, outputs }: Session): Promise<string> {
  const executionArn = await startRun(clients.sfn, {
    stateMachineArn: outputs.StateMachineArn,
    name: runName(new Date()),
    input: { force: true, hyperparameters: {} },
  });
  const ended = async () => {
    const { status, cause } = await clients.sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (status !== 'SUCCEEDED' && status !== 'RUNNING')
      throw new Error(`the run ended as ${status}: ${cause}`);
    return status === 'SUCCEEDED';
  };
  await until('the run has succeeded', ended, { everyMs: 500, limitMs: RUN_LIMIT_MS });
  return executionArn;
}

/** A run takes about a minute here. */
const RUN_LIMIT_MS = 15 * 60_000;

/** Milliseconds since the epoch, of the execution's history. */
async function deploymentPhase({ clients }: Session, executionArn: string) {
  const events = await executionHistory(clients.sfn, executionArn);
  const entered = events.find(({ stateEnteredEventDetails: state }) => state?.name === 'Update endpoint');
  const left = events.find(({ stateExitedEventDetails: state }) =>
    /^Record cha(mpion|llenger)$/.test(state?.name ?? ''),
  );
  return { from: entered!.timestamp!.getTime(), to: left!.timestamp!.getTime() };
}

/** Rolls back with the command line. @returns seconds that the command reports */
async function rollBack({ cloud, api }: Session): Promise<number> {
  const { endpoint, region, credentials } = cloud.clientOptions();
  const { stdout } = await promisify(execFile)(process.execPath, ['bin/mlops.cjs', 'rollback', '--json'], {
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      MLOPS_API_URL: new URL(api!.url).origin,
    },
  });
  return (JSON.parse(stdout) as { seconds: number }).seconds;
}
