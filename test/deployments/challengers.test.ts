import { GetObjectCommand } from '@aws-sdk/client-s3';
import { ListEndpointConfigsCommand, ListModelsCommand } from '@aws-sdk/client-sagemaker';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { hurriedClock } from 'local-cloud/testing';
import type { PipelineConfig } from '../../lib/config';
import { local } from '../support/configs';
import type { DeploymentConfig } from '../../lib/config/schema';
import { layout } from '../../lib/contract/layout';
import type { ShadowComparison } from '../../lib/contract/shadow';
import { assemblyOf } from '../runs/assembly';
import { story } from '../runs/story';
import { DeployedPipeline, SAMPLE } from '../runs/support';

/** Enough for a model that passes the gate. */
const SET = { 'training.epochs': '15' };

const withStrategy = (deployment: DeploymentConfig): PipelineConfig => ({
  ...local,
  endpoint: { ...local.endpoint, deployment },
  api: { ...local.api, rateLimit: 1_000, burstLimit: 1_000 },
});

/** A shadow is observed for a minute at least. */
const executionClock = hurriedClock(20);

const { step, check } = story();
const folders: string[] = [];
let pipeline: DeployedPipeline;
let champion: string;
let challenger: string;

const deploy = (deployment: DeploymentConfig) => {
  const assembly = assemblyOf(withStrategy(deployment));
  folders.push(assembly);
  return assembly;
};

beforeAll(async () => {
  const assembly = deploy({ strategy: 'abTest', challengerPercent: 20, bakeSeconds: 0 });
  pipeline = await DeployedPipeline.open({ assembly, executionClock });
  champion = (await pipeline.run({ set: SET })).runId;
});
afterAll(async () => {
  await pipeline?.close();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const body = () => {
  const [header, row] = readFileSync(join(SAMPLE, 'data', 'part-1.csv'), 'utf8').split('\n');
  const values = row!.split(',').map(Number);
  const names = header!.split(',');
  return JSON.stringify({
    instances: [Object.fromEntries(names.map((name, i) => [name, values[i]!]).slice(1))],
  });
};

const json = async <T>(...args: string[]): Promise<T> => {
  const { code, stdout, stderr } = await pipeline.mlops(...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as T;
};

/** Returns the share of requests that the challenger answered. */
async function challengerShare(requests: number): Promise<number> {
  const { cloud } = pipeline.session;
  const input = {
    EndpointName: pipeline.session.outputs.EndpointName,
    ContentType: 'application/json',
    Body: Buffer.from(body()),
  };
  let answered = 0;
  let left = requests;
  const ask = async () => {
    while (left-- > 0) {
      const { InvokedProductionVariant } = await cloud.call('sagemakerruntime', 'InvokeEndpoint', input);
      if (InvokedProductionVariant === 'challenger') answered += 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, ask));
  return answered / requests;
}

async function leftOf(run: string): Promise<string[]> {
  const { sagemaker } = pipeline.session.clients;
  const { Models = [] } = await sagemaker.send(new ListModelsCommand({}));
  const { EndpointConfigs = [] } = await sagemaker.send(new ListEndpointConfigsCommand({}));
  return [
    ...Models.map(({ ModelName }) => ModelName!),
    ...EndpointConfigs.map(({ EndpointConfigName }) => EndpointConfigName!),
  ].filter((name) => name.includes(run));
}

describe('an A/B test', () => {
  step('deploys the challenger as a second variant, and the champion stays the champion', async () => {
    const run = await pipeline.run({ force: true, set: SET });
    challenger = run.runId;
    expect(run).toMatchObject({ decision: 'testing', championBefore: champion, championAfter: champion });
    expect(await pipeline.mailOf(run.runId)).toMatch(/mlops promote.*mlops rollback/);
    const listed = await json<object[]>('models');
    expect(listed).toMatchObject([
      { version: challenger, role: 'challenger', inService: true },
      { version: champion, role: 'champion', inService: true },
    ]);
  });

  check('gives the challenger its share, within two points over 5,000 requests', async () => {
    expect(Math.abs((await challengerShare(5_000)) - 0.2)).toBeLessThanOrEqual(0.02);
  });

  step('changes the share without another configuration', async () => {
    const configs = await leftOf('');
    const { variants } = await json<{ variants: object[] }>('traffic', '--challenger', '60');
    expect(variants).toEqual([
      { variant: 'primary', weight: 40, share: 0.4 },
      { variant: 'challenger', weight: 60, share: 0.6 },
    ]);
    expect(Math.abs((await challengerShare(1_000)) - 0.6)).toBeLessThanOrEqual(0.06);
    expect(await leftOf('')).toEqual(configs);
  });

  step('blocks other runs until it is decided', async () => {
    const scheduled = await pipeline.run({ set: SET });
    expect(scheduled).toMatchObject({ decision: 'nothing-to-do' });
    expect(scheduled.message).toContain(challenger);
    const forced = await pipeline.run({ force: true, set: SET });
    expect(forced).toMatchObject({ decision: 'failed', error: 'ChallengerUndecided' });
    const other = await pipeline.mlops('rollback', '--to', 'run-1');
    expect(other).toMatchObject({ code: 1, stdout: '' });
    expect(other.stderr).toContain('run-1');
  });

  step('ends with a promotion: the challenger serves alone', async () => {
    expect(await json('promote')).toMatchObject({ from: champion, to: challenger, strategy: 'abTest' });
    expect((await pipeline.predict(body())).body.modelVersion).toBe(challenger);
    expect(await json<{ variants: object[] }>('traffic')).toMatchObject({
      variants: [{ variant: 'primary', share: 1 }],
    });
    expect((await leftOf(challenger)).sort()).toEqual([
      `mlops-table-local-${challenger}-config`,
      `mlops-table-local-${challenger}-model`,
    ]);
    expect(await pipeline.mlops('promote')).toMatchObject({ code: 1, stdout: '' });
    expect(await pipeline.mlops('traffic', '--challenger', '10')).toMatchObject({ code: 1, stdout: '' });
    const line = await json<object>('lineage', challenger);
    expect(line).toMatchObject({
      gitCommit: 'c0ffee',
      registry: { version: 2, status: 'Approved' },
      images: { preprocessing: expect.stringMatching(/@sha256:/) as string },
    });
    champion = challenger;
  });

  step('or with a rollback: only the challenger’s rejected version remains', async () => {
    challenger = (await pipeline.run({ force: true, set: SET })).runId;
    expect(await json('rollback')).toMatchObject({ from: challenger, to: champion });
    expect((await pipeline.predict(body())).body.modelVersion).toBe(champion);
    expect(await leftOf(challenger)).toEqual([]);
    expect((await json<object[]>('models', '--all'))[0]).toMatchObject({
      runId: challenger,
      status: 'Rejected',
    });
  });
});

step('a shadow receives the requests, no caller gets its answers, and both are compared', async () => {
  await pipeline.session.cloud.deploy(
    deploy({ strategy: 'shadow', copyPercent: 100, bakeSeconds: 0, observeSeconds: 60 }),
  );
  const pending = pipeline.run({ force: true, set: { 'training.epochs': '10' } });
  let observed = true;
  void pending.finally(() => (observed = false));
  const versions = new Set<string | undefined>();
  while (observed) {
    await setTimeout(50);
    versions.add((await pipeline.predict(body())).body.modelVersion);
  }
  const run = await pending;
  expect(run).toMatchObject({ decision: 'testing', championAfter: champion });
  expect(versions).toEqual(new Set([champion]));
  const { s3 } = pipeline.session.clients;
  const stored = await s3.send(
    new GetObjectCommand({
      Bucket: pipeline.session.outputs.ArtifactsBucketName,
      Key: layout.comparison(run.runId),
    }),
  );
  const comparison = JSON.parse(await stored.Body!.transformToString()) as ShadowComparison;
  expect(comparison).toMatchObject({ champion, challenger: run.runId, errors: 0, agreement: 1 });
  expect(comparison.requests).toBeGreaterThan(10);
  // Other epochs, other probabilities.
  expect(comparison.difference!.max).toBeGreaterThan(0);
  expect(Object.values(comparison.labels)).toEqual([{ malignant: comparison.rows }]);
  expect(await json('promote')).toMatchObject({ to: run.runId, strategy: 'shadow' });
  expect((await pipeline.predict(body())).body.modelVersion).toBe(run.runId);
});

step('of two runs at the same time one deploys, and the other one fails', async () => {
  await pipeline.session.cloud.deploy(deploy({ strategy: 'allAtOnce', bakeSeconds: 0 }));
  const runs = await Promise.all(
    [0, 20].map(async (later) => {
      await setTimeout(later);
      return pipeline.run({ force: true, set: SET });
    }),
  );
  const winner = runs.find(({ decision }) => decision === 'deployed')!;
  const loser = runs.find(({ decision }) => decision === 'failed')!;
  expect(['DeploymentInProgress', 'ChampionChanged']).toContain(loser.error);
  expect((await pipeline.predict(body())).body.modelVersion).toBe(winner.runId);
  expect(await leftOf(loser.runId)).toEqual([]);
});
