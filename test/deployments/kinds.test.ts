import { ApplicationAutoScaling } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { ListObjectsV2Command, PutObjectCommand, GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fastClock } from 'local-cloud/testing';
import type { PipelineConfig } from '../../lib/config';
import { local } from '../support/configs';
import type { ServingConfig, ServingOf } from '../../lib/config/schema';
import { until } from '../support/until';
import { assemblyOf } from '../runs/assembly';
import { DeployedPipeline, SAMPLE } from '../runs/support';

/** Enough for a model that passes the gate. */
const SET = { 'training.epochs': '15' };

const CERTIFICATE = 'arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000000';

/** Alarms have a value a minute, and scaling in takes fifteen of them: a minute passes in a second. */
const SPEED = 60;

const served = (serving: ServingConfig, api: Partial<PipelineConfig['api']> = {}): PipelineConfig => ({
  ...local,
  api: { ...local.api, ...api },
  endpoint: { ...local.endpoint, serving, dataCapturePercent: 0, pollSeconds: 5 },
});

/** Deploys a pipeline for one test, and removes it afterwards. */
async function withPipeline(
  serving: ServingConfig,
  work: (pipeline: DeployedPipeline) => Promise<void>,
  api: Partial<PipelineConfig['api']> = {},
): Promise<void> {
  const config = served(serving, api);
  const assembly = assemblyOf(config);
  const pipeline = await DeployedPipeline.open({ assembly, config, clock: fastClock(SPEED) });
  try {
    await work(pipeline);
  } finally {
    await pipeline.close();
    rmSync(assembly, { recursive: true, force: true });
  }
}

const [header = '', ...rows] = readFileSync(join(SAMPLE, 'data', 'part-1.csv'), 'utf8')
  .trim()
  .split('\n');
const features = header.split(',').slice(1).join(',');
/** Rows as a caller sends them, without the label. */
const csv = (count: number) =>
  `${[features, ...rows.slice(0, count).map((row) => row.split(',').slice(1).join(','))].join('\n')}\n`;

test('a serverless endpoint behind IAM is deployed, invoked, updated and rolled back', async () => {
  const serverless: ServingConfig = { kind: 'serverless', memoryMb: 2_048, maxConcurrency: 5 };
  const work = async (pipeline: DeployedPipeline) => {
    const first = await pipeline.run({ set: SET });
    expect(first).toMatchObject({ decision: 'deployed', prediction: { modelVersion: first.runId } });
    const second = await pipeline.run({ force: true, set: SET });
    expect(second).toMatchObject({ decision: 'deployed', prediction: { modelVersion: second.runId } });
    const back = await pipeline.mlops('rollback', '--json');
    expect(JSON.parse(back.stdout)).toMatchObject({ to: first.runId });
    // The predictions above were signed.
    expect(await pipeline.predict('{}')).toMatchObject({
      ...{
        status: 403,
        body: { error: { code: 'Forbidden', message: expect.stringContaining('not signed') } },
      },
    });
    expect(await pipeline.predict('{}', { authorization: 'AWS4-HMAC-SHA256 Credential=x' })).toMatchObject({
      status: 403,
      body: { error: { field: 'authorization' } },
    });
  };
  const domain = { domainName: 'predict.team.dev', certificateArn: CERTIFICATE };
  await withPipeline(serverless, work, { authorization: { kind: 'iam' }, domain });
});

test('an asynchronous endpoint answers later, scales in to zero and out again', async () => {
  const scaling = { minInstances: 0, maxInstances: 2, backlogPerInstance: 5 };
  const cooldowns = { scaleInCooldownSeconds: 60, scaleOutCooldownSeconds: 60 };
  await withPipeline(
    {
      ...{ kind: 'asynchronous', instanceType: 'ml.m5.large', instanceCount: 1, concurrentPerInstance: 4 },
      ...{ keepDays: 7, notify: 'all', scaling: { ...scaling, ...cooldowns } },
    },
    async (pipeline) => {
      const { runId, decision } = await pipeline.run({ set: SET });
      expect(decision).toBe('deployed');
      const { url, key } = pipeline.session.api!;
      const headers = { 'x-api-key': key, 'content-type': 'text/csv' };
      const ask = async () => {
        const response = await fetch(url, { method: 'POST', headers, body: csv(2) });
        const { result } = (await response.json()) as { result: string };
        expect([response.status, response.headers.get('location')]).toEqual([202, result]);
        // The path is the one in AWS; the local cloud's URL has the API's id before it.
        return url.replace(/\/v1\/predict$/, result);
      };
      const answered = async (location: string) => {
        const response = await until('the asynchronous answer is there', async () => {
          const found = await fetch(location, { headers });
          return found.status === 202 ? undefined : found;
        });
        expect(response.status).toBe(200);
        return response.json();
      };
      const answer = { modelVersion: runId, predictions: [{}, {}] };
      expect(await answered(await ask())).toMatchObject(answer);

      const { sagemaker } = pipeline.session.clients;
      const EndpointName = pipeline.session.outputs.EndpointName;
      const instances = async () =>
        (await sagemaker.send(new DescribeEndpointCommand({ EndpointName }))).ProductionVariants![0]!
          .CurrentInstanceCount!;
      await until('the endpoint has no instance', async () => (await instances()) === 0);
      expect(await answered(await ask())).toMatchObject(answer);
      expect(await instances()).toBeGreaterThan(0);

      const unknown = await fetch(`${url}/no-such-request`, { headers });
      expect([unknown.status, await unknown.json()]).toMatchObject([404, { error: { code: 'NotFound' } }]);
      expect(
        pipeline.mails().filter((mail) => mail.includes('"invocationStatus":"Completed"')).length,
      ).toBeGreaterThan(0);
    },
  );
});

test('scaling is registered, follows a new instance type, and is removed with its configuration', async () => {
  const realtime = local.endpoint.serving as ServingOf<'realtime'>;
  const scaled = (instanceType: string): ServingConfig => ({
    ...realtime,
    variants: [{ ...realtime.variants[0]!, instanceType }],
    scaling: {
      ...{ minInstances: 1, maxInstances: 3, invocationsPerInstance: 600 },
      ...{ scaleInCooldownSeconds: 300, scaleOutCooldownSeconds: 60 },
    },
  });
  await withPipeline(scaled('ml.m5.large'), async (pipeline) => {
    const { runId } = await pipeline.run({ set: SET });
    const autoscaling = new ApplicationAutoScaling(pipeline.session.cloud.clientOptions());
    const ServiceNamespace = 'sagemaker';
    const targets = async () =>
      (await autoscaling.describeScalableTargets({ ServiceNamespace })).ScalableTargets!;
    const [target] = await targets();
    expect(target).toMatchObject({
      ResourceId: 'endpoint/mlops-table-local-endpoint/variant/primary',
      ...{ MinCapacity: 1, MaxCapacity: 3 },
    });
    const { ScalingPolicies } = await autoscaling.describeScalingPolicies({ ServiceNamespace });
    expect(ScalingPolicies).toMatchObject([
      { PolicyType: 'TargetTrackingScaling', TargetTrackingScalingPolicyConfiguration: { TargetValue: 600 } },
    ]);

    const changed = assemblyOf(served(scaled('ml.m5.xlarge')));
    await pipeline.session.cloud.deploy(changed);
    rmSync(changed, { recursive: true });
    expect(await pipeline.run({ force: true, set: SET })).toMatchObject({ decision: 'deployed' });
    expect((await targets())[0]!.CreationTime).not.toEqual(target!.CreationTime);
    // Back to the instance type before: registered anew.
    const back = await pipeline.mlops('rollback', '--json');
    expect(JSON.parse(back.stdout)).toMatchObject({ to: runId });
    expect(await targets()).toHaveLength(1);

    // More instances than the next configuration has, as after a busy hour.
    const { sagemaker } = pipeline.session.clients;
    const { EndpointName } = pipeline.session.outputs;
    const instances = async () =>
      (await sagemaker.send(new DescribeEndpointCommand({ EndpointName }))).ProductionVariants![0]!
        .CurrentInstanceCount;
    const ResourceId = target!.ResourceId!;
    const ScalableDimension = 'sagemaker:variant:DesiredInstanceCount';
    const limits = { MinCapacity: 2, MaxCapacity: 3 };
    await autoscaling.registerScalableTarget({
      ServiceNamespace,
      ResourceId,
      ScalableDimension,
      ...limits,
    });
    await until('the endpoint has 2 instances', async () => (await instances()) === 2);
    const fixed = assemblyOf(served({ ...realtime, scaling: null }));
    await pipeline.session.cloud.deploy(fixed);
    rmSync(fixed, { recursive: true });
    expect(await pipeline.run({ force: true, set: SET })).toMatchObject({ decision: 'deployed' });
    expect(await targets()).toEqual([]);
    const cloudwatch = new CloudWatchClient(pipeline.session.cloud.clientOptions());
    const { MetricAlarms } = await cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmNamePrefix: 'TargetTracking-' }),
    );
    expect(MetricAlarms).toEqual([]);
    expect(await instances()).toBe(1);
  });
});

test('results of batch inputs are written next to them, new inputs are scored by the next run', async () => {
  await withPipeline(
    {
      ...{ kind: 'batch', instanceType: 'ml.m5.large', instanceCount: 1, prefix: 'batch/' },
      ...{ concurrentPerInstance: 2, maxRuntimeMinutes: 10 },
    },
    async (pipeline) => {
      const { s3 } = pipeline.session.clients;
      const Bucket = pipeline.session.outputs.DataBucketName;
      const put = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body }));
      await put('batch/monday/a.csv', csv(3));
      const first = await pipeline.run({ set: SET });
      expect(first).toMatchObject({ decision: 'deployed', prediction: null });
      expect(await resultOf(s3, Bucket, 'batch/monday/a.csv')).toMatchObject({
        modelVersion: first.runId,
        predictions: [{}, {}, {}],
      });

      await put('batch/b.csv', csv(1));
      expect(await pipeline.run({ set: SET })).toMatchObject({ decision: 'nothing-to-do' });
      expect(await resultOf(s3, Bucket, 'batch/b.csv')).toMatchObject({ modelVersion: first.runId });
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'batch/' }));
      expect(Contents.map(({ Key }) => Key)).toEqual([
        ...['batch/b.csv', 'batch/b.csv.out', 'batch/monday/a.csv', 'batch/monday/a.csv.out'],
      ]);

      await put('batch/c.csv', 'not,a,row\n');
      const failed = await pipeline.run({ force: true, set: SET });
      expect(failed).toMatchObject({ decision: 'failed', championAfter: first.runId });
      const refused = await pipeline.mlops('predict', join(SAMPLE, 'data', 'part-1.csv'));
      expect(refused).toMatchObject({ code: 1, stdout: '' });
    },
  );
});

async function resultOf(s3: S3Client, Bucket: string, input: string): Promise<unknown> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: `${input}.out` }));
  return JSON.parse(await Body!.transformToString());
}
