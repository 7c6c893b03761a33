import { ApplicationAutoScaling } from '@aws-sdk/client-application-auto-scaling';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { App } from 'aws-cdk-lib';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { systemClock } from 'local-cloud';
import { SkippingClock } from 'local-cloud/testing';
import { context } from '../../cdk.json';
import { NO_TRIGGERS, type PipelineConfig } from '../../lib/config';
import { local } from '../../lib/config/local';
import type { ServingOf } from '../../lib/config/schema';
import { layout } from '../../lib/contract/layout';
import { HOURS_SOURCE, type StartStopOutcome, WEEKDAYS } from '../../lib/contract/working-hours';
import { PipelineStage } from '../../lib/stacks/pipeline-stage';
import { DeployedPipeline, SAMPLE } from './support';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/**
 * The cloud's time is ten to midnight, in days that are to come: what goes by the system's clock, such as the sentences
 * of the API, finds itself outside of the working hours at any time that the test runs.
 */
const evening = (Math.floor(Date.now() / DAY_MS) + 3) * DAY_MS - 10 * MINUTE_MS;
const clock = new SkippingClock(evening - Date.now());
const dayOf = (time: number) => WEEKDAYS[new Date(time).getUTCDay()]!;

const realtime = local.endpoint.serving as ServingOf<'realtime'>;
const cooldowns = { scaleInCooldownSeconds: 60, scaleOutCooldownSeconds: 60 };
const config: PipelineConfig = {
  ...local,
  hyperparameters: { 'training.epochs': 15 },
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

/** The schedule fires in the background, and its function takes its time. */
async function until(wanted: string | null): Promise<void> {
  while ((await status()) !== wanted) await setTimeout(100);
}

/** Variants that follow the load. */
async function scaled(): Promise<number> {
  const client = new ApplicationAutoScaling(pipeline.session.cloud.clientOptions());
  return (await client.describeScalableTargets({ ServiceNamespace: 'sagemaker' })).ScalableTargets!.length;
}

/** A run by hand; the states that it came through. */
async function run(): Promise<{ decision: string; states: string[]; runId: string }> {
  const { stdout } = await pipeline.mlops('run', '--wait', '--force', '--json');
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { runId: string; name?: string; decision?: string });
  const states = events.flatMap(({ name }) => (name === undefined ? [] : [name]));
  return { decision: events.at(-1)!.decision!, states, runId: events[0]!.runId };
}

test('within its working hours the endpoint serves, and a run leaves it there', async () => {
  const { runId, decision } = await pipeline.run();
  expect(decision).toBe('deployed');
  // Of what is built, prepared, trained and evaluated, as the mail tells it.
  const mail = await pipeline.mailOf(runId);
  expect(mail).toMatch(
    /^Cost of its jobs: 0\.\d{4} USD, Spot saved \d+ % of the training \(prices of [\d-]+\)\s*$/m,
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

test('when they are over it is gone, and everybody says until when', async () => {
  clock.skip(5 * 60 + 1);
  await until(null);
  expect(await scaled()).toBe(0);
  const { status: answered, body } = await predict();
  expect([answered, body.error]).toEqual([
    503,
    {
      code: 'EndpointUnavailable',
      message: expect.stringMatching(
        /outside of its working hours; it is started again at \w+ [\d-]+ 00:05 UTC$/,
      ),
    },
  ]);
  for (const command of ['traffic', 'rollback']) {
    const { code, stderr } = await pipeline.mlops(command);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/is stopped until \w+ [\d-]+ 00:05 UTC; mlops endpoint start brings it back/),
    ]);
  }
});

/** What a schedule that fires while a run deploys comes to. */
async function stopWhileDeploying(): Promise<StartStopOutcome> {
  const { cloud, outputs, clients } = pipeline.session;
  const claimed = async () => {
    const { Body } = await clients.s3.send(
      new GetObjectCommand({ Bucket: outputs.ArtifactsBucketName, Key: layout.endpointLock }),
    );
    return Body!.transformToString();
  };
  while (!(await claimed()).includes('executionArn')) await setTimeout(50);
  const FunctionName = (outputs as { WorkingHoursFunctionName?: string }).WorkingHoursFunctionName!;
  const event = { source: HOURS_SOURCE, action: 'stop', time: new Date(clock.now()).toISOString() };
  const { Payload } = await new LambdaClient(cloud.clientOptions()).send(
    new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(event)) }),
  );
  return JSON.parse(Buffer.from(Payload!).toString()) as StartStopOutcome;
}

let second: string;
test('a run at night replaces the champion as ever, no stop comes between, and the endpoint is gone again', async () => {
  const [night, stopped] = await Promise.all([run(), stopWhileDeploying()]);
  second = night.runId;
  expect(stopped).toEqual({ done: null, reason: expect.stringMatching(/ is deploying; its end triggers/) });
  expect(night.decision).toBe('deployed');
  expect(night.states).toEqual(expect.arrayContaining(['Wake champion', 'Update endpoint', 'Smoke test']));
  expect(night.states).not.toContain('Create endpoint');
  await until(null);
  expect(await scaled()).toBe(0);
});

test('when they begin again the new champion serves', async () => {
  clock.skip(10 * 60);
  await until('InService');
  expect(await predict()).toMatchObject({ status: 200, body: { modelVersion: second } });
  await pipeline.session.cloud.settled();
  expect(await scaled()).toBe(1);
});

test('people stop and start it at any time', async () => {
  expect(await json('endpoint', 'stop')).toMatchObject({ done: 'stopped' });
  expect(await json('endpoint', 'stop')).toMatchObject({ done: null });
  expect(await json('endpoint', 'start')).toMatchObject({ done: 'started' });
  expect((await predict()).status).toBe(200);
  const wrong = await pipeline.mlops('endpoint', 'pause');
  expect(wrong).toMatchObject({ code: 64, stderr: expect.stringMatching(/ACTION is "pause"; allowed are/) });
});
