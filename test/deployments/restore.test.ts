import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DeleteObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { SageMaker } from '@aws-sdk/client-sagemaker';
import type { Champion, RunRecord } from '../../lib/contract/run';
import { layout } from '../../lib/contract/layout';
import type { LastRun } from '../../start/report';
import { requestBody } from '../runs/guarded';
import { story } from '../runs/story';
import { DeployedPipeline } from '../runs/support';
import { until } from '../support/until';

/** A champion that is out of service comes back, whatever took it away, and everybody says the truth meanwhile. */

const SET = { 'training.epochs': '15' };
const WEAK = { 'training.epochs': '1', 'training.learning_rate': '1e-7' };
const ALARM = 'mlops-table-local-endpoint-lost';

const { step } = story();
let pipeline: DeployedPipeline;
let sagemaker: SageMaker;
let EndpointName: string;
let champion: Champion;
const run = (set: Record<string, string> = SET, force = false): Promise<LastRun> =>
  pipeline.run({ set, force });
const record = () => pipeline.artifact<Champion>(layout.champion);
const predict = () => pipeline.predict(requestBody());

beforeAll(async () => {
  pipeline = await DeployedPipeline.open();
  sagemaker = new SageMaker(pipeline.session.cloud.clientOptions());
  ({ EndpointName } = pipeline.session.outputs);
});
afterAll(() => pipeline?.close());

async function served(): Promise<string | undefined> {
  const found = await sagemaker.describeEndpoint({ EndpointName });
  return `${found.EndpointStatus} on ${found.EndpointConfigName}`;
}

const untilStatus = (wanted: string | undefined) =>
  until(
    `the endpoint is ${wanted ?? 'gone'}`,
    async () => {
      const { Endpoints = [] } = await sagemaker.listEndpoints({});
      return Endpoints[0]?.EndpointStatus === wanted;
    },
    { everyMs: 50 },
  );

async function deleteEndpoint(): Promise<void> {
  await sagemaker.deleteEndpoint({ EndpointName });
  await untilStatus(undefined);
}

const untilAlarm = (wanted: string) =>
  until(`the alarm is ${wanted}`, async () => {
    const client = new CloudWatchClient(pipeline.session.cloud.clientOptions());
    const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({ AlarmNames: [ALARM] }));
    return MetricAlarms[0]?.StateValue === wanted;
  });

/** Creates a model of the champion's with changes, and a configuration with it. @returns the configuration's name */
async function byHand(name: string, changes: { ModelDataUrl?: string } = {}): Promise<string> {
  const model = await sagemaker.describeModel({ ModelName: champion.modelName });
  const config = await sagemaker.describeEndpointConfig({ EndpointConfigName: champion.endpointConfigName });
  const PrimaryContainer = { ...model.PrimaryContainer, ...changes };
  await sagemaker.createModel({
    ...{ ModelName: name, ExecutionRoleArn: model.ExecutionRoleArn, PrimaryContainer },
    EnableNetworkIsolation: true,
  });
  const ProductionVariants = config.ProductionVariants!.map((variant) => ({ ...variant, ModelName: name }));
  await sagemaker.createEndpointConfig({ EndpointConfigName: name, ProductionVariants });
  return name;
}

async function json<T>(...args: string[]): Promise<T> {
  const { stdout } = await pipeline.mlops(...args, '--json');
  return JSON.parse(stdout) as T;
}

/** Findings of doctor that do not concern quotas and images of the registry. */
async function findings() {
  const all = await json<{ check: string; result: string; found: string; fix: string }[]>('doctor');
  return Object.fromEntries(all.map((finding) => [finding.check, finding]));
}

async function expectServes(): Promise<void> {
  expect(await served()).toBe(`InService on ${(await record()).endpointConfigName}`);
  const { status, body } = await predict();
  expect([status, body.modelVersion]).toEqual([200, champion.runId]);
}

step('a champion is in service, and nobody finds a fault', async () => {
  await run();
  const second = await run(SET, true);
  expect(second.decision).toBe('deployed');
  champion = await record();
  expect(champion.runId).toBe(second.runId);
  await expectServes();
  const { champion: parts, 'in service': serving } = await findings();
  expect([parts!.result, serving!.result]).toEqual(['ok', 'ok']);
});

step('while the endpoint is gone, API, commands and an alarm say so', async () => {
  await deleteEndpoint();
  const { status, body } = await predict();
  expect([status, body.error]).toEqual([
    503,
    { code: 'EndpointUnavailable', message: expect.stringMatching(/not in service.*mlops endpoint restore/) },
  ]);
  expect((await findings())['in service']).toMatchObject({
    result: 'fails',
    fix: expect.stringContaining('mlops endpoint restore'),
  });
  for (const command of ['rollback', 'traffic']) {
    const { code, stderr } = await pipeline.mlops(command);
    expect([code, stderr]).toEqual([1, expect.stringContaining('mlops endpoint restore')]);
  }
  await untilAlarm('ALARM');
});

step('the next run has nothing to train, and restores the endpoint', async () => {
  const restored = await run();
  expect(restored).toMatchObject({
    ...{ status: 'SUCCEEDED', decision: 'restored', championAfter: champion.runId },
    message: expect.stringContaining('does not exist'),
  });
  expect(restored.seconds.states).not.toHaveProperty('Train model');
  await expectServes();
  expect(await pipeline.mailOf(restored.runId)).toContain('restored the endpoint');
  await untilAlarm('OK');
  expect((await run()).decision).toBe('nothing-to-do');
});

step('a failed endpoint is replaced', async () => {
  const broken = await byHand('broken', {
    ModelDataUrl: champion.modelDataUrl.replace('/model.tar', '/no.tar'),
  });
  await deleteEndpoint();
  await sagemaker.createEndpoint({ EndpointName, EndpointConfigName: broken });
  await untilStatus('Failed');
  expect((await predict()).status).toBe(503);
  expect((await run()).decision).toBe('restored');
  await expectServes();
});

step('an endpoint that was updated by hand goes back to the champion', async () => {
  const other = await byHand('other');
  await sagemaker.updateEndpoint({ EndpointName, EndpointConfigName: other });
  await untilStatus('InService');
  await untilAlarm('ALARM');
  const { code, stdout } = await pipeline.mlops('endpoint', 'restore', '--json');
  expect([code, stdout]).toEqual([0, expect.stringContaining('"decision":"restored"')]);
  await expectServes();
  // SageMaker refuses to change an endpoint whose configuration is gone.
  await sagemaker.updateEndpoint({ EndpointName, EndpointConfigName: other });
  await untilStatus('InService');
  await sagemaker.deleteEndpointConfig({ EndpointConfigName: other });
  expect((await run()).decision).toBe('restored');
  await expectServes();
  const again = await pipeline.mlops('endpoint', 'restore');
  expect([again.code, again.stdout]).toEqual([
    0,
    expect.stringMatching(/nothing-to-do: .* needs no restoration/),
  ]);
});

step(
  'a model and a configuration that were deleted are created again, while the endpoint serves',
  async () => {
    await sagemaker.deleteModel({ ModelName: champion.modelName });
    await sagemaker.deleteEndpointConfig({ EndpointConfigName: champion.endpointConfigName });
    expect((await findings()).champion).toMatchObject({
      result: 'fails',
      found: expect.stringMatching(/model .* was deleted, configuration .* was deleted/),
    });
    expect((await run()).decision).toBe('restored');
    expect((await findings()).champion!.result).toBe('ok');
    await expectServes();
  },
);

step('names that others took are given up, and the record names the new ones', async () => {
  const { modelName: ModelName, endpointConfigName: EndpointConfigName } = champion;
  await sagemaker.deleteEndpointConfig({ EndpointConfigName });
  const { ProductionVariants } = await sagemaker.describeEndpointConfig({ EndpointConfigName: 'broken' });
  await sagemaker.createEndpointConfig({ EndpointConfigName, ProductionVariants });
  expect((await run()).decision).toBe('restored');
  const now = await record();
  expect([now.runId, now.modelName]).toEqual([champion.runId, ModelName]);
  expect(now.endpointConfigName).not.toBe(EndpointConfigName);
  champion = now;
  await expectServes();
});

step('a champion that gets another name is not taken for the model that the same run trains', async () => {
  const { modelName: ModelName, endpointConfigName: before } = champion;
  const { PrimaryContainer, ...model } = await sagemaker.describeModel({ ModelName });
  await sagemaker.deleteModel({ ModelName });
  await sagemaker.createModel({
    ...{ ModelName, ExecutionRoleArn: model.ExecutionRoleArn, EnableNetworkIsolation: true },
    PrimaryContainer: {
      ...PrimaryContainer,
      ModelDataUrl: champion.modelDataUrl.replace('/model.tar', '/no.tar'),
    },
  });
  const trained = await run(SET, true);
  expect(trained).toMatchObject({ decision: 'deployed', championBefore: champion.runId });
  champion = await record();
  expect([champion.runId, champion.endpointConfigName]).toEqual([
    trained.runId,
    expect.not.stringMatching(before),
  ]);
  const served = await sagemaker.describeModel({ ModelName: champion.modelName });
  expect(served.PrimaryContainer!.ModelDataUrl).toContain(trained.runId);
  await expectServes();
});

step('a rejected candidate leaves the champion in service', async () => {
  await deleteEndpoint();
  const rejected = await run(WEAK);
  expect(rejected).toMatchObject({ decision: 'rejected', championAfter: champion.runId });
  await expectServes();
});

step(
  'without its artifact, the champion is named with the remedy, and the candidate meets the one before',
  async () => {
    const { s3 } = pipeline.session.clients;
    const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(champion.modelDataUrl)!;
    await s3.send(new DeleteObjectCommand({ Bucket, Key }));
    const fault = `artifact ${champion.modelDataUrl} was deleted`;
    expect((await findings()).champion).toMatchObject({
      result: 'fails',
      found: expect.stringContaining(fault),
      fix: expect.stringContaining('list-object-versions'),
    });
    expect((await pipeline.mlops('models')).stdout).toContain(fault);
    const models = await json<{ version: string; missing: { part: string }[] }[]>('models');
    expect(models[0]!.missing.map(({ part }) => part)).toEqual(['artifact']);
    const before = models[1]!.version;
    const next = await run();
    expect(next).toMatchObject({ decision: 'deployed', championBefore: champion.runId });
    const { warnings } = await pipeline.artifact<RunRecord>(layout.record(next.runId));
    expect(warnings).toEqual([expect.stringContaining(fault), expect.stringContaining(before)]);
    expect(await pipeline.mailOf(next.runId)).toContain(fault);
    expect(await pipeline.artifact(layout.manifest(next.runId))).toMatchObject({ judgedAgainst: before });
    const back = await pipeline.mlops('rollback', '--to', champion.runId);
    expect([back.code, back.stderr]).toEqual([1, expect.stringContaining(fault)]);
    await undelete(Bucket!, Key!);
    champion = await record();
  },
);

/** Deletes the delete marker of an object, as the remedy says. */
async function undelete(Bucket: string, Key: string): Promise<void> {
  const { s3 } = pipeline.session.clients;
  const { DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: Key }));
  for (const { VersionId } of DeleteMarkers)
    await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
}

step(
  'an endpoint and an artifact that are both gone: restoring is refused, and a run deploys anew',
  async () => {
    const { s3 } = pipeline.session.clients;
    const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(champion.modelDataUrl)!;
    await s3.send(new DeleteObjectCommand({ Bucket, Key }));
    await deleteEndpoint();
    const refused = await pipeline.mlops('endpoint', 'restore');
    expect([refused.code, refused.stdout + refused.stderr]).toEqual([
      1,
      expect.stringMatching(/artifact .* was deleted.*mlops run --wait/),
    ]);
    const next = await run();
    expect(next).toMatchObject({ decision: 'deployed', message: expect.any(String) });
    champion = await record();
    await expectServes();
  },
);
