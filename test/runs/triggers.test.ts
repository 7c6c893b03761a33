import { App } from 'aws-cdk-lib';
import type { ExecutionListItem } from '@aws-sdk/client-sfn';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type EventEnvelope, type LocalCloud } from 'local-cloud';
import { coreOf, EventLog, SkippingClock } from 'local-cloud/testing';
import { context } from '../../cdk.json';
import type { PipelineConfig } from '../../lib/config';
import { local } from '../support/configs';
import { NEXT_RUN, type RunTrigger } from '../../lib/contract/triggers';
import { PipelineStage } from '../../lib/stacks/pipeline-stage';
import { story } from './story';
import { DeployedPipeline, SAMPLE } from './support';

/** Every hour, so that the credentials of processes outlive what is skipped. */
const hourly: PipelineConfig = {
  ...local,
  // What is trained does not matter here.
  hyperparameterValues: { 'training.epochs': 15 },
  gate: { ...local.gate, resamples: 100 },
  triggers: {
    ...local.triggers,
    schedule: { expression: 'cron(0 * * * ? *)', timeZone: 'Europe/Berlin' },
    drift: { alarmNames: ['labels-late'] },
  },
};

const HOUR = 3_600_000;
/** Five minutes past the next hour, so that the hourly schedule is due only in its own test. */
const clock = new SkippingClock(HOUR - (Date.now() % HOUR) + 300_000);

const { step, check } = story();
let folder: string;
let pipeline: DeployedPipeline;
let cloud: LocalCloud;
let log: EventLog;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'triggers-'));
  process.env.CDK_VALIDATION = 'false';
  const app = new App({ outdir: folder, context });
  new PipelineStage(app, 'Local', { config: hourly, gitCommit: 'c0ffee' });
  app.synth();
  pipeline = await DeployedPipeline.open({ assembly: folder, clock, executionClock: systemClock });
  cloud = pipeline.session.cloud;
  log = new EventLog();
  log.listen(cloud);
});
afterAll(async () => {
  await pipeline?.close();
  rmSync(folder, { recursive: true, force: true });
});

const dataFile = (name: string) => readFileSync(join(SAMPLE, 'data', name));

async function upload(Key: string, Body: Buffer | string): Promise<void> {
  const Bucket = pipeline.session.outputs.DataBucketName;
  await cloud.call('s3', 'PutObject', { Bucket, Key, Body: Buffer.from(Body) });
}

/** Newest first. */
async function runs(): Promise<ExecutionListItem[]> {
  const stateMachineArn = pipeline.session.outputs.StateMachineArn;
  return (await cloud.call('sfn', 'ListExecutions', { stateMachineArn })).executions!;
}

async function nextRuns(): Promise<(string | undefined)[]> {
  const { Schedules } = await cloud.call('scheduler', 'ListSchedules', { NamePrefix: NEXT_RUN });
  return Schedules!.map(({ Name }) => Name);
}

/** Lets a minute and a bit pass: what is due fires, and its function ends. */
async function passQuietPeriod(): Promise<void> {
  await cloud.settled();
  clock.skip(75);
  await fired();
}

/** A schedule's call of its function is asynchronous, and the function's own calls are over when it has ended. */
async function fired(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await cloud.settled();
}

const ended = (name: string): Promise<EventEnvelope> =>
  log.event(({ detail }) => detail.name === name && 'output' in detail && detail.status !== 'RUNNING');

/** The one run that was started since, once it has ended. */
async function onlyRunSince(
  before: readonly ExecutionListItem[],
): Promise<{ trigger: RunTrigger; detail: any }> {
  const started = (await runs()).slice(0, -before.length || undefined);
  expect(started).toHaveLength(1);
  const { detail } = await ended(started[0]!.name!);
  await cloud.settled();
  return { detail, ...JSON.parse(detail.input as string) };
}

describe('automatic triggers', () => {
  step('the first stack deployment starts no run: there is no data yet', async () => {
    await passQuietPeriod();
    expect(await runs()).toEqual([]);
    expect(await nextRuns()).toEqual([]);
  });

  step('a thousand uploads start one run, and uploads during that run start one more', async () => {
    const files = readdirSync(join(SAMPLE, 'data'));
    await upload('schema/schema.json', readFileSync(join(SAMPLE, 'schema.json')));
    for (let i = 0; i < 1_000; i += 1) {
      const name = files[i % files.length]!;
      await upload(`data/${name}`, dataFile(name));
    }
    await cloud.settled();
    expect(await nextRuns()).toEqual([NEXT_RUN]);
    await passQuietPeriod();
    const [first, ...others] = await runs();
    expect(others).toEqual([]);
    expect(await nextRuns()).toEqual([]);

    // Its data are pinned by now; what comes and goes again leaves another fingerprint for a while.
    await log.event((event) => event['detail-type'] === 'SageMaker Processing Job State Change');
    for (const part of ['a', 'b', 'c']) await upload(`data/late-${part}.csv`, dataFile(files[0]!));
    await passQuietPeriod();
    await passQuietPeriod();
    expect(await runs()).toHaveLength(1);
    expect(await nextRuns()).toEqual([NEXT_RUN]);
    const Bucket = pipeline.session.outputs.DataBucketName;
    for (const part of ['a', 'b', 'c'])
      await cloud.call('s3', 'DeleteObject', { Bucket, Key: `data/late-${part}.csv` });
    const { detail } = await ended(first!.name!);
    expect(detail).toMatchObject({ status: 'SUCCEEDED' });
    expect(JSON.parse(detail.output as string)).toMatchObject({
      decision: 'deployed',
      trigger: { kind: 'newData', detail: expect.stringMatching(/^s3:\/\/.+\/(data|schema)\//) },
    });
    expect(await pipeline.mailOf(first!.name!)).toMatch(/^Trigger: +new data: s3:\/\//m);

    for (let i = 0; i < 12; i += 1) await passQuietPeriod();
    const second = await onlyRunSince([first!]);
    expect(second.trigger.kind).toBe('newData');
    expect(JSON.parse(second.detail.output as string)).toMatchObject({ decision: 'nothing-to-do' });
    expect(await nextRuns()).toEqual([]);
  });

  step('an event that is delivered twice starts one run', async () => {
    const before = await runs();
    const isUpload = ({ source, detail }: EventEnvelope) =>
      source === 'aws.s3' && (detail.object as { key: string }).key === 'data/late-a.csv';
    const upload = await log.event(isUpload);
    coreOf(cloud).events.publish({
      source: upload.source,
      detailType: upload['detail-type'],
      detail: upload.detail,
      time: Date.parse(upload.time),
    });
    const { Functions } = await cloud.call('lambda', 'ListFunctions', {});
    const FunctionName = Functions!.find(({ FunctionName: name }) =>
      name!.includes('Trigger'),
    )!.FunctionName!;
    const again = {
      source: 'pipeline.next-run',
      time: new Date(clock.now()).toISOString(),
      nextRun: { runId: before[0]!.name, since: 0, trigger: { kind: 'newData', detail: '' } },
    };
    for (let i = 0; i < 2; i += 1) {
      const Payload = Buffer.from(JSON.stringify(again));
      const answer = await cloud.call('lambda', 'Invoke', { FunctionName, Payload });
      expect(answer.FunctionError).toBeUndefined();
    }
    await passQuietPeriod();
    expect(await runs()).toEqual(before);
    expect(await nextRuns()).toEqual([]);
  });

  step.each<[string, RunTrigger['kind'], RegExp, string | undefined, () => Promise<unknown>]>([
    [
      'a hyperparameter in Parameter Store',
      'newCode',
      /^\/mlops\/table\/local\/hyperparameters\/training\/epochs$/,
      'InvalidRunInput',
      () => setEpochs('-1'),
    ],
    ['its value as before', 'newCode', /epochs$/, undefined, () => setEpochs('15')],
    [
      'the code parameter that a stack deployment writes',
      'newCode',
      /^\/mlops\/table\/local\/code$/,
      undefined,
      () => put('/mlops/table/local/code', 'other'),
    ],
    [
      'an alarm on drift',
      'drift',
      /^mlops-table-local-drift-features$/,
      undefined,
      () => alarm('mlops-table-local-drift-features'),
    ],
    [
      'an alarm that the configuration names',
      'drift',
      /^labels-late$/,
      undefined,
      () => alarm('labels-late'),
    ],
    [
      'the schedule',
      'schedule',
      /^\d{4}-\d\d-\d\dT\d\d:00:00Z$/,
      undefined,
      async () => {
        clock.skip((HOUR - (clock.now() % HOUR)) / 1000 + 1);
        await fired();
      },
    ],
  ])('%s', async (_, kind, detail, error, happen) => {
    const before = await runs();
    await happen();
    await passQuietPeriod();
    const run = await onlyRunSince(before);
    expect(run.trigger).toEqual({ kind, detail: expect.stringMatching(detail) });
    expect(run.detail.error ?? undefined).toBe(error);
    await passQuietPeriod();
    expect(await runs()).toHaveLength(before.length + 1);
  });

  check.each<[string, () => Promise<unknown>]>([
    ['an object elsewhere', () => upload('other/part.csv', 'x')],
    ['an alarm of something else', () => alarm('mlops-table-local-primary-errors')],
    ['a parameter of something else', () => put('/mlops/table/local/other', 'x')],
  ])('%s starts none', async (_, happen) => {
    const before = await runs();
    await happen();
    await passQuietPeriod();
    expect(await nextRuns()).toEqual([]);
    expect(await runs()).toEqual(before);
  });
});

async function put(Name: string, Value: string): Promise<void> {
  await cloud.call('ssm', 'PutParameter', { Name, Value, Type: 'String', Overwrite: true });
}

const setEpochs = (value: string) => put('/mlops/table/local/hyperparameters/training/epochs', value);

async function alarm(AlarmName: string): Promise<void> {
  const metric = { Namespace: 'test', MetricName: AlarmName, Statistic: 'Average' as const, Period: 60 };
  await cloud.call('cloudwatch', 'PutMetricAlarm', {
    AlarmName,
    ...metric,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanThreshold',
  });
  const state = { AlarmName, StateValue: 'ALARM' as const, StateReason: 'set by a test' };
  await cloud.call('cloudwatch', 'SetAlarmState', state);
}
