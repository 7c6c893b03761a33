import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3 } from '@aws-sdk/client-s3';
import {
  SageMaker,
  type CreateTrainingJobCommandInput,
  type DescribeTrainingJobCommandOutput,
} from '@aws-sdk/client-sagemaker';
import { extract } from 'tar';
import { jobCloud, type JobCloud } from '../../jobs/job-cloud';
import { channel, spot, trainingJob } from './requests';

/** Counts to a number, with one checkpoint for each step, from the existing checkpoint. */
const PROGRAM = `
const fs = require('node:fs');
const path = require('node:path');
const base = process.env.SAGEMAKER_BASE_DIR;
const read = (name) => JSON.parse(fs.readFileSync(path.join(base, 'input/config', name)));
const { mode, steps = '3' } = read('hyperparameters.json');
const write = (name, text) => fs.writeFileSync(path.join(base, name), text);
const file = path.join(base, 'checkpoints/step');
let step = fs.existsSync(file) ? Number(fs.readFileSync(file, 'utf8')) : 0;
const first = step;
console.log(process.argv[2] + ' from step ' + first + ';');
process.on('SIGTERM', () => process.exit(143));
const next = () => {
  if (step < Number(steps)) {
    step += 1;
    console.log('loss=' + (1 / step) + ';');
    if (fs.existsSync(path.dirname(file))) {
      fs.writeFileSync(file + '.tmp', String(step));
      fs.renameSync(file + '.tmp', file);
    }
    return setTimeout(next, 20);
  }
  if (mode === 'fail') { write('output/failure', 'label 3 is unknown'); process.exit(1); }
  if (mode === 'silent') process.exit(9);
  if (mode === 'wait') { console.log('waiting'); return setInterval(() => {}, 1000); }
  if (mode === 'empty') process.exit(0);
  console.log('loss=nan;');
  write('model/weights', String(step));
  write('model/seen.json', JSON.stringify({ first, channels: fs.existsSync(path.join(base, 'input/data')) ? fs.readdirSync(path.join(base, 'input/data'), { recursive: true }).sort() : [], resources: read('resourceconfig.json'), data: read('inputdataconfig.json'), colour: process.env.COLOUR }));
  process.exit(0);
};
next();
`;

let fixture: JobCloud;
let client: SageMaker;
let image: string;

beforeAll(async () => {
  fixture = await jobCloud();
  client = new SageMaker(fixture.here.client);
  image = await fixture.image(PROGRAM);
  await fixture.put('data/train/a.csv', 'a');
  await fixture.put('data/validation/b.csv', 'b');
  await fixture.put('data/list.json', JSON.stringify([{ prefix: 's3://bucket/data/' }, 'train/a.csv']));
});
afterAll(() => fixture.close());

let jobs = 0;

const job = (change: Partial<CreateTrainingJobCommandInput> = {}) =>
  trainingJob(`Job-${++jobs}`, image, change);
const mode = (value: string) => ({ HyperParameters: { mode: value } });
const checkpoints = (name: string) => ({
  CheckpointConfig: { S3Uri: `s3://bucket/checkpoints/${name}`, LocalPath: '/opt/ml/checkpoints' },
});

async function ended(TrainingJobName: string): Promise<DescribeTrainingJobCommandOutput> {
  const terminal = ['Completed', 'Failed', 'Stopped'];
  await fixture.event(
    ({ detail }) =>
      detail.TrainingJobName === TrainingJobName &&
      terminal.includes(detail.TrainingJobStatus as string) &&
      detail.SecondaryStatus !== 'Uploading',
  );
  return client.describeTrainingJob({ TrainingJobName });
}

async function run(change: Partial<CreateTrainingJobCommandInput> = {}) {
  const request = job(change);
  await client.createTrainingJob(request);
  return ended(request.TrainingJobName!);
}

const transitions = ({ SecondaryStatusTransitions = [] }: DescribeTrainingJobCommandOutput) =>
  SecondaryStatusTransitions.map(({ Status }) => Status);

async function modelOf({
  ModelArtifacts,
}: DescribeTrainingJobCommandOutput): Promise<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'model-'));
  const Key = ModelArtifacts!.S3ModelArtifacts!.replace('s3://bucket/', '');
  const { Body } = await new S3({ ...fixture.here.client, forcePathStyle: true }).getObject({
    Bucket: 'bucket',
    Key,
  });
  writeFileSync(join(folder, 'model.tar.gz'), await Body!.transformToByteArray());
  await extract({ file: join(folder, 'model.tar.gz'), cwd: folder });
  rmSync(join(folder, 'model.tar.gz'));
  const files = Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
  rmSync(folder, { recursive: true });
  return files;
}

test('a job reads its channels and settings, and leaves a model, metrics and transitions', async () => {
  const result = await run({
    HyperParameters: { steps: '4' },
    InputDataConfig: [
      channel('train', 's3://bucket/data/train/'),
      channel('validation', 's3://bucket/data/validation'),
      channel('listed', 's3://bucket/data/list.json', 'ManifestFile'),
    ],
    Environment: { COLOUR: 'red' },
  });
  expect(result).toMatchObject({
    TrainingJobStatus: 'Completed',
    SecondaryStatus: 'Completed',
    TrainingJobArn: 'arn:aws:sagemaker:us-east-1:123456789012:training-job/job-1',
    ModelArtifacts: { S3ModelArtifacts: 's3://bucket/models/Job-1/output/model.tar.gz' },
    TrainingTimeInSeconds: expect.any(Number),
    BillableTimeInSeconds: expect.any(Number),
    TrainingEndTime: expect.any(Date),
  });
  expect(transitions(result)).toEqual(['Starting', 'Downloading', 'Training', 'Uploading', 'Completed']);
  // The last value that is a number; a definition that never matched has no value.
  expect(result.FinalMetricDataList).toEqual([
    { MetricName: 'loss', Value: 0.25, Timestamp: expect.any(Date) },
  ]);
  const model = await modelOf(result);
  expect(Object.keys(model).sort()).toEqual(['seen.json', 'weights']);
  expect(model.weights).toBe('4');
  expect(JSON.parse(model['seen.json']!)).toMatchObject({
    channels: [
      'listed',
      'listed/train',
      'listed/train/a.csv',
      'train',
      'train/a.csv',
      'validation',
      'validation/b.csv',
    ],
    resources: { current_host: 'algo-1', hosts: ['algo-1'], current_instance_type: 'ml.m5.large' },
    data: { train: { TrainingInputMode: 'File', S3DistributionType: 'FullyReplicated' } },
    colour: 'red',
  });
  expect(await fixture.log('/aws/sagemaker/TrainingJobs')).toContain('train from step 0;');
});

test('checkpoints are downloaded and uploaded', async () => {
  await fixture.put('checkpoints/kept/step', '2');
  const result = await run(checkpoints('kept'));
  expect(JSON.parse((await modelOf(result))['seen.json']!)).toMatchObject({ first: 2 });
  expect(await fixture.get('checkpoints/kept/step')).toBe('3');
});

test('interruptions stop a job on Spot after a checkpoint, and it resumes from the checkpoint', async () => {
  fixture.fail({ job: { kind: 'training' }, fault: 'spotInterruption', times: 2 });
  const result = await run({ ...spot, ...checkpoints('spot'), HyperParameters: { steps: '60' } });
  expect(result.TrainingJobStatus).toBe('Completed');
  const attempt = ['Training', 'Interrupted', 'Starting'];
  expect(transitions(result)).toEqual([
    'Starting',
    'Downloading',
    ...attempt,
    ...attempt,
    'Training',
    'Uploading',
    'Completed',
  ]);
  const model = await modelOf(result);
  expect(model.weights).toBe('60');
  expect((JSON.parse(model['seen.json']!) as { first: number }).first).toBeGreaterThan(1);
});

test('only jobs on Spot are interrupted', async () => {
  fixture.fail({ name: 'no Spot', job: { kind: 'training' }, fault: 'spotInterruption', times: 1 });
  const result = await run(checkpoints('on-demand'));
  expect(transitions(result)).not.toContain('Interrupted');
  expect(fixture.here.cloud.faults.unused).toContain('no Spot');
});

test.each<[string, () => Partial<CreateTrainingJobCommandInput>, RegExp]>([
  ['its own reason', () => mode('fail'), /^AlgorithmError: label 3 is unknown, exit code: 1$/],
  ['no reason given', () => mode('silent'), /^AlgorithmError: , exit code: 9$/],
  [
    'a missing channel',
    () => ({ InputDataConfig: [channel('train', 's3://bucket/none/')] }),
    /^ClientError: Data download failed: channel train: No S3 objects found under S3 URL "s3:\/\/bucket\/none\/"/,
  ],
  [
    'a missing image',
    () => ({
      AlgorithmSpecification: { TrainingImage: image.replace(/@.*/, ':none'), TrainingInputMode: 'File' },
    }),
    /^ClientError: Cannot pull image/,
  ],
  [
    'a missing bucket for the model',
    () => ({ OutputDataConfig: { S3OutputPath: 's3://other/' } }),
    /^ClientError: Artifact upload failed: The specified bucket does not exist/,
  ],
])('a job fails for %s', async (_, change, reason) => {
  const result = await run(change());
  expect(result).toMatchObject({
    TrainingJobStatus: 'Failed',
    SecondaryStatus: 'Failed',
    FailureReason: expect.stringMatching(reason),
  });
});

test('a job over its time is stopped, and keeps its artifact', async () => {
  const result = await run({ ...mode('wait'), StoppingCondition: { MaxRuntimeInSeconds: 1 } });
  expect(result).toMatchObject({ TrainingJobStatus: 'Stopped', SecondaryStatus: 'MaxRuntimeExceeded' });
  expect(result.ModelArtifacts?.S3ModelArtifacts).toMatch(/model\.tar\.gz$/);
});

test('a model folder without files is an empty archive', async () => {
  const result = await run(mode('empty'));
  expect(result.TrainingJobStatus).toBe('Completed');
  expect(await modelOf(result)).toEqual({});
});

/** A job that has finished all its steps and waits to be stopped. */
async function started(): Promise<string> {
  const request = job({ ...mode('wait'), ...checkpoints('stopped') });
  await client.createTrainingJob(request);
  const checkpoint = join(
    fixture.here.stateDirectory,
    'jobs',
    request.TrainingJobName!,
    'opt/ml/checkpoints/step',
  );
  await fixture.until(() => existsSync(checkpoint));
  return request.TrainingJobName!;
}

test('a job is stopped, and cannot be stopped twice', async () => {
  const TrainingJobName = await started();
  await client.stopTrainingJob({ TrainingJobName });
  expect(await ended(TrainingJobName)).toMatchObject({
    TrainingJobStatus: 'Stopped',
    SecondaryStatus: 'Stopped',
  });
  await expect(client.stopTrainingJob({ TrainingJobName })).rejects.toThrow(/in status Stopped/);
});

test('tags are kept, jobs are listed, a name can be used once', async () => {
  const request = job({ Tags: [{ Key: 'run', Value: '1' }] });
  const { TrainingJobArn: ResourceArn } = await client.createTrainingJob(request);
  expect((await client.listTags({ ResourceArn })).Tags).toEqual([{ Key: 'run', Value: '1' }]);
  await client.addTags({ ResourceArn, Tags: [{ Key: 'run', Value: '2' }] });
  expect((await client.listTags({ ResourceArn })).Tags).toEqual([{ Key: 'run', Value: '2' }]);
  await expect(client.createTrainingJob(request)).rejects.toMatchObject({ name: 'ResourceInUse' });
  const { TrainingJobSummaries } = await client.listTrainingJobs({});
  expect(TrainingJobSummaries).toContainEqual(expect.objectContaining({ TrainingJobArn: ResourceArn }));
  await ended(request.TrainingJobName!);
});

test('lists of jobs page, filter and sort', async () => {
  const names = (await client.listTrainingJobs({ MaxResults: 100 })).TrainingJobSummaries!.map(
    ({ TrainingJobName }) => TrainingJobName!,
  );
  const first = await client.listTrainingJobs({ MaxResults: 2 });
  const next = await client.listTrainingJobs({ MaxResults: 2, NextToken: first.NextToken });
  const shown = [...first.TrainingJobSummaries!, ...next.TrainingJobSummaries!];
  // The newest first.
  expect(shown.map(({ TrainingJobName }) => TrainingJobName)).toEqual(names.slice(0, 4));
  const sorted = { SortBy: 'Name', SortOrder: 'Ascending', MaxResults: 1 } as const;
  const [least] = (await client.listTrainingJobs(sorted)).TrainingJobSummaries!;
  expect(least!.TrainingJobName).toBe([...names].sort()[0]);
  const one = await client.listTrainingJobs({ NameContains: names[1]! });
  expect(one.TrainingJobSummaries).toHaveLength(1);
  const all = { StatusEquals: 'Stopped', MaxResults: 100 } as const;
  const stopped = (await client.listTrainingJobs(all)).TrainingJobSummaries!;
  expect(stopped.length).toBeGreaterThan(0);
  expect(new Set(stopped.map(({ TrainingJobStatus }) => TrainingJobStatus))).toEqual(new Set(['Stopped']));
  const before = await client.listTrainingJobs({ CreationTimeBefore: new Date(0) });
  expect(before.TrainingJobSummaries).toEqual([]);
  await expect(client.listTrainingJobs({ MaxResults: 101 })).rejects.toThrow(/'101' at 'maxResults'/);
  await expect(client.listTrainingJobs({ NextToken: 'x' })).rejects.toThrow(/'x' is not valid/);
});

test('a job that runs when the cloud is closed fails, and its checkpoints are kept', async () => {
  const TrainingJobName = await started();
  await fixture.restart();
  client = new SageMaker(fixture.here.client);
  const result = await client.describeTrainingJob({ TrainingJobName });
  expect(result).toMatchObject({
    TrainingJobStatus: 'Failed',
    SecondaryStatus: 'Failed',
    FailureReason: 'InternalServerError: the local cloud ended while the job ran',
    TrainingEndTime: expect.any(Date),
    CreationTime: expect.any(Date),
  });
  expect(await fixture.keys('checkpoints/stopped/')).toEqual(['checkpoints/stopped/step']);
});
