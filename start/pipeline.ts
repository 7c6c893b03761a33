import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { environments } from '../lib/config';
import { layout } from '../lib/contract/layout';
import type { Champion, RunRecord } from '../lib/contract/run';
import { containerSeconds } from './container-seconds';
import { runExecution, type ExecutionResult } from './execution';
import { holdoutRow, predict, type HoldoutRow, type Prediction } from './prediction';
import type { Progress } from './progress';
import type { LastRun } from './report';
import type { Session } from './session';
import { ENVIRONMENT } from './synthesis';
import { TrainingLog } from './training-log';
import { uploadData } from './upload';

export interface RunOptions {
  /** Folder of CSV files. */
  data: string;
  /** Description of their columns. */
  schema: string;
  /** Hyperparameters by name, as text: the pipeline validates them. */
  set: Record<string, string>;
  /** Train even if nothing changed. */
  force: boolean;
  /** Spot interruptions of the training job. */
  interruptTraining: number;
}

export interface FinishedRun {
  lastRun: LastRun;
  /** The row of the prediction; null while no model is in production. */
  row: HoldoutRow | null;
}

/** The record of a failed run is written by a function that an event starts: it may come a moment later. */
const RECORD_TIMEOUT_MS = 15_000;

/**
 * Uploads the data, runs the state machine and asks the API, as a team would in AWS.
 *
 * @param started `performance.now()` of what the total counts from
 */
export async function runPipeline(
  session: Session,
  options: RunOptions,
  progress: Progress,
  started = performance.now(),
): Promise<FinishedRun> {
  const { cloud, clients, outputs } = session;
  const config = environments.find(({ environment }) => environment === ENVIRONMENT)!;
  const files = await uploadData(clients.s3, options, {
    bucket: outputs.DataBucketName,
    prefix: config.data.prefix,
    schemaKey: config.data.schemaKey,
  });
  progress.step(`training data: ${files} files of ${options.data}`);
  cloud.interruptTraining(options.interruptTraining);

  const name = runName(new Date());
  progress.step(`run ${name}`);
  const log = new TrainingLog(clients.logs, Date.now(), (line) => progress.trainingLine(line));
  const execution = await runExecution(
    clients.sfn,
    {
      stateMachineArn: outputs.StateMachineArn,
      name,
      input: { force: options.force, hyperparameters: options.set },
    },
    (change) => progress.state(change),
  ).finally(() => log.stop());
  progress.end();

  const lastRun = await describeRun(session, execution, name);
  const row = lastRun.championAfter
    ? await holdoutRow(clients.s3, outputs.ArtifactsBucketName, lastRun.championAfter)
    : null;
  lastRun.prediction = row && (await predictOrExplain(session, row, progress));
  lastRun.seconds.total = (performance.now() - started) / 1000;
  writeFileSync(join(session.state, 'last-run.json'), `${JSON.stringify(lastRun, null, 2)}\n`);
  return { lastRun, row };
}

/** An execution's name says when it started, and is legal in every place that it becomes part of. */
function runName(now: Date): string {
  return `run-${now.toISOString().replace(/\D/g, '').slice(0, 17)}`;
}

async function describeRun(
  { clients, outputs, api }: Session,
  { description, events, secondsByState }: ExecutionResult,
  name: string,
): Promise<LastRun> {
  const record = await runRecord(clients.s3, outputs.ArtifactsBucketName, description, name);
  return {
    status: description.status!,
    executionName: name,
    runId: name,
    decision: record.decision ?? 'failed',
    message: record.message ?? description.cause ?? '',
    error: description.error ?? null,
    metrics: { ...record.metrics },
    accuracyInterval: record.accuracyInterval ?? null,
    championBefore: record.championBefore ?? null,
    championAfter: record.championAfter ?? null,
    endpointName: outputs.EndpointName,
    apiUrl: api.url,
    apiKey: api.key,
    prediction: null,
    seconds: { total: 0, states: secondsByState },
    containerSeconds: await containerSeconds(clients.sagemaker, events),
  };
}

/** A run with nothing to do leaves no record: its output says all. */
async function runRecord(
  s3: S3Client,
  bucket: string,
  { status, output }: ExecutionResult['description'],
  name: string,
): Promise<Partial<RunRecord>> {
  const said =
    status === 'SUCCEEDED'
      ? (JSON.parse(output!) as Partial<RunRecord> & { champion?: Champion | null })
      : {};
  if (said.decision !== 'nothing-to-do') return readRecord(s3, bucket, name);
  const champion = said.champion?.runId ?? null;
  return {
    ...said,
    metrics: said.champion?.metrics,
    accuracyInterval: said.champion?.accuracyInterval,
    championBefore: champion,
    championAfter: champion,
  };
}

/** @returns nothing where the function that writes it failed itself: the execution's own words remain */
async function readRecord(s3: S3Client, Bucket: string, runId: string): Promise<Partial<RunRecord>> {
  const deadline = Date.now() + RECORD_TIMEOUT_MS;
  for (;;) {
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: layout.record(runId) }));
      return JSON.parse(await Body!.transformToString()) as RunRecord;
    } catch (error) {
      if ((error as Error).name !== 'NoSuchKey') throw error;
      if (Date.now() > deadline) return {};
      await sleep(100);
    }
  }
}

async function predictOrExplain(
  { api }: Session,
  row: HoldoutRow,
  progress: Progress,
): Promise<Prediction | null> {
  try {
    return await predict(api, row);
  } catch (error) {
    progress.step(`no prediction: ${(error as Error).message}`);
    return null;
  }
}
