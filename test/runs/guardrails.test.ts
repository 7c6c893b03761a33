import { App } from 'aws-cdk-lib';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { context } from '../../cdk.json';
import type { PipelineConfig } from '../../lib/config';
import { local } from '../../lib/config/local';
import { PipelineStage } from '../../lib/stacks/pipeline-stage';
import { systemClock, type Clock } from '../../local/core/clock';
import { DeployedPipeline } from './support';

/** Half of the capacity first, watched for two minutes. */
const canary: PipelineConfig = {
  ...local,
  endpoint: {
    ...local.endpoint,
    pollSeconds: 5,
    deployment: { strategy: 'canary', canaryPercent: 50, bakeSeconds: 120 },
    rollback: { errorsPerMinute: 3, latencyMs: 5_000 },
  },
};

/** A minute passes in six seconds: alarms have one value a minute. */
const SPEED = 10;
const began = Date.now();
const fastClock: Clock = {
  now: () => began + (systemClock.now() - began) * SPEED,
  sleep: (ms, signal) => systemClock.sleep(Math.min(ms / SPEED, 2 ** 31 - 1), signal),
};

let folder: string;
let pipeline: DeployedPipeline;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'canary-'));
  process.env.CDK_VALIDATION = 'false';
  const app = new App({ outdir: folder, context });
  new PipelineStage(app, 'Local', { config: canary, gitCommit: 'c0ffee' });
  app.synth();
  pipeline = await DeployedPipeline.open({ assembly: folder, clock: fastClock });
}, 60_000);
afterAll(async () => {
  await pipeline?.close();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

/** Asks the API until told to stop; every answer's status and version. */
function load(body: string) {
  const answers: { status: number; version: string | undefined }[] = [];
  let running = true;
  const done = (async () => {
    while (running) {
      await sleep(20);
      const { status, body: reply } = await pipeline.predict(body);
      answers.push({ status, version: reply.modelVersion });
    }
  })();
  return {
    answers,
    async stop() {
      running = false;
      await done;
    },
  };
}

const requestBody = () => {
  const [header, row] = readFileSync('examples/breast-cancer/data/part-1.csv', 'utf8').split('\n');
  const values = row!.split(',').map(Number);
  const names = header!.split(',');
  const instance = Object.fromEntries(names.map((name, i) => [name, values[i]!]).slice(1));
  return JSON.stringify({ instances: [instance] });
};

let champion: string;

test('a good challenger passes the canary without a failed request', async () => {
  champion = (await pipeline.run()).runId;
  const requests = load(requestBody());
  const before = champion;
  const lastRun = await pipeline.run({ force: true });
  champion = lastRun.championAfter!;
  await requests.stop();
  expect(lastRun).toMatchObject({ decision: 'deployed', championBefore: before });
  expect(new Set(requests.answers.map(({ status }) => status))).toEqual(new Set([200]));
  // Both served for a while.
  expect(new Set(requests.answers.map(({ version }) => version))).toEqual(new Set([before, lastRun.runId]));
}, 120_000);

test('a challenger that breaks under load is rolled back by its alarm, and production serves on', async () => {
  const requests = load(requestBody());
  const known = new Set(endpointFolders());
  const pending = pipeline.run({ force: true });
  let place: string | undefined;
  while (!place) {
    await sleep(20);
    place = endpointFolders().find((name) => !known.has(name));
  }
  // It has to answer before it can break.
  while (!requests.answers.some(({ version }) => version !== champion)) await sleep(20);
  killProcessesOf(place);
  const lastRun = await pending;
  await requests.stop();
  expect(lastRun).toMatchObject({
    status: 'FAILED',
    error: 'DeploymentRolledBack',
    championAfter: champion,
    prediction: { modelVersion: champion },
  });
  expect(lastRun.message).toContain('mlops-local-primary-errors');
  expect(pipeline.mails().at(-1)).toContain('mlops-local-primary-errors');
  expect(requests.answers.at(-1)).toEqual({ status: 200, version: champion });
}, 120_000);

function endpointFolders(): string[] {
  return readdirSync(join(pipeline.folder, 'cloud', 'endpoints'));
}

/** Ends the containers whose folder this is, as a crash would. */
function killProcessesOf(place: string): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (readFileSync(`/proc/${pid}/environ`, 'utf8').includes(place)) process.kill(Number(pid), 'SIGKILL');
    } catch {
      // Not ours, or gone in the meantime.
    }
  }
}
