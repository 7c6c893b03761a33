import type { Evidence } from './evidence';
import { forgetChampion } from './reset';
import { failing, stopDuring, type Scenario } from './scenarios';
import type { Harness } from './harness';

/** Batch serving. Cheapest first. */
export const BATCH_SCENARIOS: readonly Scenario[] = [
  { name: 'new inputs that are scored', champion: true, logs: true, run: newInputs },
  { name: 'a run stopped during the transform job', champion: true, run: failing(stopped) },
  { name: 'a challenger that scores all inputs again', champion: true, logs: true, run: challenger },
  { name: 'the first model with batch serving', champion: false, run: first },
];

let inputs = 0;

async function newInputs(harness: Harness, evidence: Evidence): Promise<void> {
  const key = await upload(harness, evidence);
  const run = await harness.start();
  await evidence.success(run);
  if (!(await harness.has(harness.dataBucket, `${key}.out`))) throw new Error(`${key} has no result`);
  await evidence.functionLogs(['RunDeployListInputs']);
  await evidence.transformLogs(run);
}

async function stopped(harness: Harness, evidence: Evidence) {
  for (let count = 0; count < 20; count++) await upload(harness, evidence);
  const job = {
    statusOf: ({ detail }: { detail: Record<string, unknown> }) => detail.TransformJobStatus,
    ...{ running: 'InProgress', stopped: 'Stopped', failed: 'Failed' },
  };
  return stopDuring(harness, evidence, job, {});
}

async function challenger(harness: Harness, evidence: Evidence): Promise<void> {
  await upload(harness, evidence);
  const run = await harness.start({ force: true });
  await evidence.success(run);
  await evidence.deployed(run);
  await evidence.limitedLogs();
}

/** Uploads one row. @returns its key */
async function upload(harness: Harness, evidence: Evidence): Promise<string> {
  const row = await evidence.row();
  const Body = `${Object.keys(row).join(',')}\n${Object.values(row).join(',')}\n`;
  const Key = `batch/input-${Date.now()}-${++inputs}.csv`;
  await harness.cloud.call('s3', 'PutObject', { Bucket: harness.dataBucket, Key, Body }, harness.operator);
  return Key;
}

async function first(harness: Harness, evidence: Evidence): Promise<void> {
  await forgetChampion(harness);
  const run = await harness.start({ force: true });
  await evidence.success(run);
  await evidence.deployed(run);
}
