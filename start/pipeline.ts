import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { safeJson } from '../containers/table/escape.ts';
import type { GoldenRequest } from '../lib/contract/golden';
import { runName } from '../lib/contract/names';
import { containerSeconds } from './container-seconds';
import { followExecution, type ExecutionResult } from '../cli/execution';
import { runOutcome, RECORD_PATIENCE_MS } from '../cli/outcome';
import { goldenRequest, predict, type Prediction } from './prediction';
import type { Progress } from '../cli/progress';
import { startRun } from '../cli/start-run';
import type { LastRun } from './report';
import type { Session } from './session';
import { TrainingLog } from './training-log';
import type { TrainingData } from '../cli/training-data';
import { uploadData } from '../cli/upload';

export interface RunOptions {
  data: TrainingData;
  /** Hyperparameters by name, as text; the pipeline validates them. */
  set: Record<string, string>;
  /** Train even if nothing changed. */
  force: boolean;
  /** Number of Spot interruptions of the training job. */
  interruptTraining: number;
}

export interface FinishedRun {
  lastRun: LastRun;
  /** The request of the prediction; null without a champion. */
  golden: GoldenRequest | null;
}

/** Milliseconds between two polls: the local cloud answers at once. */
const POLL_MS = 150;

/**
 * Uploads the data, runs the state machine and calls the API, as a team does in AWS.
 *
 * @param started `performance.now()` from which the total is counted
 */
export async function runPipeline(
  session: Session,
  options: RunOptions,
  progress: Progress,
  started = performance.now(),
): Promise<FinishedRun> {
  const { cloud, clients, outputs, config } = session;
  await uploadData(clients.s3, options.data, {
    bucket: outputs.DataBucketName,
    prefix: config.data.prefix,
    schemaKey: config.data.schemaKey,
  });
  const { files, source, ignored } = options.data;
  progress.step(`training data: ${files.length} file${files.length === 1 ? '' : 's'} of ${source}`);
  if (ignored.length > 0) progress.step(`ignored, not data files: ${ignored.join(', ')}`);
  const { interruptTraining: times } = options;
  if (times > 0) cloud.faults.add({ job: { kind: 'training' }, fault: 'spotInterruption', times });

  const name = runName(new Date());
  progress.step(`run ${name}`);
  const log = new TrainingLog(clients.logs, Date.now(), (line) => progress.trainingLine(line));
  const stateMachineArn = outputs.StateMachineArn;
  const execution = await startRun(clients.sfn, {
    stateMachineArn,
    name,
    input: { force: options.force, hyperparameters: options.set },
  })
    .then((arn) =>
      followExecution(clients.sfn, arn, { pollMs: POLL_MS, onChange: (change) => progress.state(change) }),
    )
    .finally(() => log.stop());
  progress.end();

  const lastRun = await describeRun(session, execution, name);
  const golden = lastRun.championAfter
    ? await goldenRequest(clients.s3, outputs.ArtifactsBucketName, lastRun.championAfter)
    : null;
  lastRun.prediction = golden && (await predictOrExplain(session, golden, progress));
  lastRun.seconds.total = (performance.now() - started) / 1000;
  writeFileSync(join(session.state, 'last-run.json'), `${safeJson(lastRun, 2)}\n`);
  return { lastRun, golden };
}

async function describeRun(
  { clients, outputs, api, config }: Session,
  { description, events, secondsByState }: ExecutionResult,
  name: string,
): Promise<LastRun> {
  const record = await runOutcome(clients.s3, outputs.ArtifactsBucketName, description, RECORD_PATIENCE_MS);
  return {
    status: description.status!,
    executionName: name,
    model: config.model,
    runId: name,
    decision: record.decision ?? 'failed',
    message: record.message ?? description.cause ?? '',
    error: description.error ?? null,
    metrics: { ...record.metrics },
    headline: record.headline ?? null,
    verdicts: record.verdicts ?? [],
    warnings: record.warnings ?? [],
    championBefore: record.championBefore ?? null,
    championAfter: record.championAfter ?? null,
    endpointName: outputs.EndpointName,
    apiUrl: api?.url ?? null,
    apiKey: api?.key ?? null,
    prediction: null,
    seconds: { total: 0, states: secondsByState },
    containerSeconds: await containerSeconds(clients.sagemaker, events),
  };
}

async function predictOrExplain(
  { api, config }: Session,
  golden: GoldenRequest,
  progress: Progress,
): Promise<Prediction | null> {
  if (!api) return null;
  try {
    return await predict(api, golden, config.api, POLL_MS);
  } catch (error) {
    progress.step(`no prediction: ${(error as Error).message}`);
    return null;
  }
}
