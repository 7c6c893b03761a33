import { ApplicationAutoScaling } from '@aws-sdk/client-application-auto-scaling';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { App } from 'aws-cdk-lib';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { context } from '../../cdk.json';
import { NO_TRIGGERS, type PipelineConfig } from '../../lib/config';
import { local } from '../support/configs';
import type { ServingOf } from '../../lib/config/schema';
import { layout } from '../../lib/contract/layout';
import { HOURS_SOURCE, type StartStopOutcome, WEEKDAYS } from '../../lib/contract/working-hours';
import { PipelineStage } from '../../lib/stacks/pipeline-stage';
import { systemClock } from 'local-cloud';
import { until } from '../support/until';
import { SkippingClock } from 'local-cloud/testing';
import { story } from '../runs/story';
import { DeployedPipeline, SAMPLE } from '../runs/support';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/**
 * The cloud's time is ten minutes to midnight, some days from now. Code that reads the system's clock, such as the API's
 * messages, is then outside of the working hours whenever the test runs.
 */
const evening = (Math.floor(Date.now() / DAY_MS) + 3) * DAY_MS - 10 * MINUTE_MS;
const clock = new SkippingClock(evening - Date.now());
const dayOf = (time: number) => WEEKDAYS[new Date(time).getUTCDay()]!;

const realtime = local.endpoint.serving as ServingOf<'realtime'>;
const cooldowns = { scaleInCooldownSeconds: 60, scaleOutCooldownSeconds: 60 };
const config: PipelineConfig = {
  ...local,
  hyperparameterValues: { 'training.epochs': 15 },
  triggers: NO_TRIGGERS,
  data: { ...local.data, maxShards: 1 },
  gate: { ...local.gate, resamples: 100 },
  endpoint: {
    ...local.endpoint,
    serving: {
      ...realtime,
      scaling: { minInstances: 1, maxInstances: 2, invocationsPerInstance: 100_000, ...cooldowns },
    },
    // Ten minutes of night.
    workingHours: {
      ...{ start: '00:05', stop: '23:55', timeZone: 'UTC' },
      days: [dayOf(evening), dayOf(evening + DAY_MS)],
    },
  },
};

const { step } = story();
let folder: string;
let pipeline: DeployedPipeline;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'working-hours-'));
  process.env.CDK_VALIDATION = 'false';
  const app = new App({ outdir: folder, context });
  new PipelineStage(app, 'Local', { config, gitCommit: 'c0ffee' });
  app.synth();
  pipeline = await DeployedPipeline.open({ assembly: folder, clock, executionClock: systemClock });
});
afterAll(async () => {
  await pipeline?.close();
  rmSync(folder, { recursive: true, force: true });
});

const [header = '', row = ''] = readFileSync(join(SAMPLE, 'data', 'part-1.csv'), 'utf8').split('\n');
const unlabelled = (line: string) => line.split(',').slice(1).join(',');
const predict = () =>
  pipeline.predict(`${unlabelled(header)}\n${unlabelled(row)}\n`, { 'content-type': 'text/csv' });

async function json<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await pipeline.mlops(...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as T;
}
const status = async () => (await json<{ status: string | null }>('endpoint')).status;

/** Waits for the status that the schedule's function brings about; null: there is no endpoint. */
const untilStatus = (wanted: string | null) =>
  until(`the endpoint's status is ${wanted}`, async () => (await status()) === wanted, { everyMs: 100 });

/** Returns the number of variants that are registered with scaling. */
async function scaled(): Promise<number> {
  const client = new ApplicationAutoScaling(pipeline.session.cloud.clientOptions());
  return (await client.describeScalableTargets({ ServiceNamespace: 'sagemaker' })).ScalableTargets!.length;
}

/** Starts a run with mlops, waits for its end, and returns the states that it entered. */
async function run(): Promise<{ decision: string; states: string[]; runId: string }> {
  const { stdout } = await pipeline.mlops('run', '--wait', '--force', '--json');
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { runId: string; name?: string; decision?: string });
  const states = events.flatMap(({ name }) => (name === undefined ? [] : [name]));
  return { decision: events.at(-1)!.decision!, states, runId: events[0]!.runId };
}

step('within its working hours the endpoint serves, and a run leaves it there', async () => {
  const { runId, decision } = await pipeline.run();
  expect(decision).toBe('deployed');
  // Builds, preprocessing, training and evaluation have a cost line each.
  const mail = await pipeline.mailOf(runId);
  expect(mail).toMatch(
    /^Cost of its jobs: 0\.\d{4} USD, Spot saved \d+ % of the training price \(prices of [\d-]+\)\s*$/m,
  );
  const lines = [...mail.matchAll(/^ {2}([\w ]+): (\S+), \d+ s: 0\.\d{4} USD\s*$/gm)];
  expect(lines.map(([, what, on]) => `${what} on ${on}`).sort()).toEqual([
    'Build inference image on BUILD_GENERAL1_SMALL',
    'Build preprocessing image on BUILD_GENERAL1_SMALL',
    'Build training image on BUILD_GENERAL1_SMALL',
    'Evaluate model on ml.t3.medium',
    'Preprocess shard on ml.t3.medium',
    'Train model on ml.m5.large',
  ]);
  await pipeline.session.cloud.settled();
  expect(await status()).toBe('InService');
  expect((await predict()).status).toBe(200);
  expect(await scaled()).toBe(1);
});

step('after them the endpoint is deleted, and API and mlops say when it starts again', async () => {
  clock.skip(5 * 60 + 1);
  await untilStatus(null);
  expect(await scaled()).toBe(0);
  const { status: answered, body } = await predict();
  expect([answered, body.error]).toEqual([
    503,
    {
      code: 'EndpointUnavailable',
      message: expect.stringMatching(/\w+ [\d-]+ 00:05 UTC/),
    },
  ]);
  for (const command of ['traffic', 'rollback']) {
    const { code, stderr } = await pipeline.mlops(command);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/\w+ [\d-]+ 00:05 UTC.*mlops endpoint start/)]);
  }
});

/** Invokes the function as the stop schedule does, while a run holds the endpoint lock. */
async function stopWhileDeploying(): Promise<StartStopOutcome> {
  const { cloud, outputs, clients } = pipeline.session;
  const lock = async () => {
    const { Body } = await clients.s3.send(
      new GetObjectCommand({ Bucket: outputs.ArtifactsBucketName, Key: layout.endpointLock }),
    );
    return Body!.transformToString();
  };
  await until('a run holds the endpoint lock', async () => (await lock()).includes('executionArn'));
  const FunctionName = (outputs as { WorkingHoursFunctionName?: string }).WorkingHoursFunctionName!;
  const event = { source: HOURS_SOURCE, action: 'stop', time: new Date(clock.now()).toISOString() };
  const { Payload } = await new LambdaClient(cloud.clientOptions()).send(
    new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(event)) }),
  );
  return JSON.parse(Buffer.from(Payload!).toString()) as StartStopOutcome;
}

let second: string;
step(
  'a run outside the working hours deploys, is not stopped meanwhile, and the endpoint is deleted again',
  async () => {
    const [night, stopped] = await Promise.all([run(), stopWhileDeploying()]);
    second = night.runId;
    expect(stopped).toEqual({ done: null, reason: expect.any(String) });
    expect(night.decision).toBe('deployed');
    expect(night.states).toEqual(expect.arrayContaining(['Wake champion', 'Update endpoint', 'Smoke test']));
    expect(night.states).not.toContain('Create endpoint');
    await untilStatus(null);
    expect(await scaled()).toBe(0);
  },
);

step('when the working hours begin the new champion serves', async () => {
  clock.skip(10 * 60);
  await untilStatus('InService');
  expect(await predict()).toMatchObject({ status: 200, body: { modelVersion: second } });
  await pipeline.session.cloud.settled();
  expect(await scaled()).toBe(1);
});

step('mlops endpoint stops and starts it at any time', async () => {
  expect(await json('endpoint', 'stop')).toMatchObject({ done: 'stopped' });
  expect(await json('endpoint', 'stop')).toMatchObject({ done: null });
  expect(await json('endpoint', 'start')).toMatchObject({ done: 'started' });
  expect((await predict()).status).toBe(200);
  const wrong = await pipeline.mlops('endpoint', 'pause');
  expect(wrong).toMatchObject({ code: 64, stderr: expect.stringContaining('ACTION is "pause"') });
});
