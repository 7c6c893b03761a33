import type { Evidence } from './evidence';
import { forgetChampion } from './reset';
import { failing, stopDuring, type Scenario } from './scenarios';
import type { Workbench } from './workbench';

/** Predictions in batches. Cheapest first. */
export const BATCH_SCENARIOS: readonly Scenario[] = [
  { name: 'new inputs that are predicted', champion: true, logs: true, run: newInputs },
  { name: 'a run stopped while it predicts', champion: true, run: failing(stopped) },
  { name: 'a challenger that predicts anew', champion: true, logs: true, run: challenger },
  { name: 'the first model of batches', champion: false, run: first },
];

let inputs = 0;

async function newInputs(bench: Workbench, evidence: Evidence): Promise<void> {
  const key = await upload(bench, evidence);
  const run = await bench.start();
  await evidence.success(run);
  if (!(await bench.has(bench.dataBucket, `${key}.out`))) throw new Error(`${key} has no result`);
  await evidence.functionLogs(['DeploymentListInputs']);
  await evidence.transformLogs(run);
}

async function stopped(bench: Workbench, evidence: Evidence) {
  for (let count = 0; count < 20; count++) await upload(bench, evidence);
  const job = {
    statusOf: ({ detail }: { detail: Record<string, unknown> }) => detail.TransformJobStatus,
    ...{ running: 'InProgress', stopped: 'Stopped', failed: 'Failed' },
  };
  return stopDuring(bench, evidence, job, {});
}

async function challenger(bench: Workbench, evidence: Evidence): Promise<void> {
  await upload(bench, evidence);
  const run = await bench.start({ force: true });
  await evidence.success(run);
  await evidence.deployed(run);
  await evidence.limitedLogs();
}

/** @returns the key of one row */
async function upload(bench: Workbench, evidence: Evidence): Promise<string> {
  const row = await evidence.row();
  const Body = `${Object.keys(row).join(',')}\n${Object.values(row).join(',')}\n`;
  const Key = `batch/input-${Date.now()}-${++inputs}.csv`;
  await bench.cloud.call('s3', 'PutObject', { Bucket: bench.dataBucket, Key, Body }, bench.operator);
  return Key;
}

async function first(bench: Workbench, evidence: Evidence): Promise<void> {
  await forgetChampion(bench);
  const run = await bench.start({ force: true });
  await evidence.success(run);
  await evidence.deployed(run);
}
