import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  SageMaker,
  type CreateProcessingJobCommandInput,
  type DescribeProcessingJobCommandOutput,
} from '@aws-sdk/client-sagemaker';
import { ServiceError } from '../../../src/model/errors';
import { sagemaker } from '../../../src/services/sagemaker';
import { Cloud } from '../../../src/core/cloud';
import { ROLE, jobCloud, type JobCloud } from '../../jobs/job-cloud';
import { input, processingJob } from './requests';

/** Prints its inputs, copies them, and exits as its arguments say. */
const PROGRAM = `
const fs = require('node:fs');
const path = require('node:path');
const base = process.env.SAGEMAKER_BASE_DIR;
const [, , verb, ...rest] = process.argv;
const list = (dir) => fs.existsSync(dir) ? fs.readdirSync(dir, { recursive: true }).filter((f) => fs.statSync(path.join(dir, f)).isFile()).sort() : [];
const out = path.join(base, 'processing/output');
const seen = { argv: [verb, ...rest], inputs: list(path.join(base, 'processing/input')), config: list(path.join(base, 'config')), job: process.env.PROCESSING_JOB_NAME, colour: process.env.COLOUR, credentials: Boolean(process.env.AWS_ACCESS_KEY_ID) };
fs.mkdirSync(path.join(out, 'deep'), { recursive: true });
fs.writeFileSync(path.join(out, 'seen.json'), JSON.stringify(seen));
fs.writeFileSync(path.join(out, 'deep/copy.txt'), 'copy');
console.log('working on it');
if (verb === 'fail') { fs.writeFileSync(path.join(base, 'output/message'), 'row 7 is bad'); process.exit(3); }
if (verb === 'wait') { process.on('SIGTERM', () => process.exit(143)); setInterval(() => {}, 1000); console.log('ready'); }
`;

let fixture: JobCloud;
let client: SageMaker;
let image: string;
const denied = new Set<string>();

beforeAll(async () => {
  fixture = await jobCloud({
    cloud: {
      authorizer:
        () =>
        ({ principal, action, resources }) => {
          if (principal.roleArn === ROLE && denied.has(action)) {
            throw new ServiceError(
              'AccessDenied',
              `${principal.arn} may not ${action} on ${resources.join()}`,
            );
          }
        },
    },
  });
  client = new SageMaker(fixture.here.client);
  image = await fixture.image(PROGRAM);
  for (const name of ['a.csv', 'b.csv', 'more/c.csv']) await fixture.put(`data/${name}`, name);
  await fixture.put(
    'manifest.json',
    JSON.stringify([{ prefix: 's3://bucket/data/' }, 'a.csv', 'more/c.csv']),
  );
});
afterEach(() => denied.clear());
afterAll(() => fixture.close());

let jobs = 0;

const job = (change: Partial<CreateProcessingJobCommandInput> = {}) =>
  processingJob(`job-${++jobs}`, image, change);
const output = (S3Uri: string) => ({
  Outputs: [
    {
      OutputName: 'out',
      S3Output: { S3Uri, LocalPath: '/opt/ml/processing/output', S3UploadMode: 'EndOfJob' as const },
    },
  ],
});
const running = (...words: string[]) => ({ ImageUri: image, ContainerArguments: words });

async function ended(name: string): Promise<DescribeProcessingJobCommandOutput> {
  await fixture.event(
    ({ detail }) =>
      detail.ProcessingJobName === name &&
      ['Completed', 'Failed', 'Stopped'].includes(detail.ProcessingJobStatus as string),
  );
  return client.describeProcessingJob({ ProcessingJobName: name });
}

async function run(change: Partial<CreateProcessingJobCommandInput> = {}) {
  const request = job(change);
  await client.createProcessingJob(request);
  return ended(request.ProcessingJobName!);
}

test('a job gets its inputs, its environment and its configuration, and its outputs are uploaded', async () => {
  const result = await run({
    ProcessingInputs: [
      input('all', 's3://bucket/data/'),
      input('some', 's3://bucket/manifest.json', 'ManifestFile'),
      input('one', 's3://bucket/data/b.csv'),
    ],
    ProcessingOutputConfig: output('s3://bucket/out/1'),
    Environment: { COLOUR: 'blue' },
    AppSpecification: running('work', '--rate', '0.1'),
  });
  expect(result).toMatchObject({
    ProcessingJobStatus: 'Completed',
    ProcessingJobArn: 'arn:aws:sagemaker:us-east-1:123456789012:processing-job/job-1',
    ProcessingStartTime: expect.any(Date),
    ProcessingEndTime: expect.any(Date),
  });
  expect(result.FailureReason).toBeUndefined();
  expect(await fixture.keys('out/1/')).toEqual(['out/1/deep/copy.txt', 'out/1/seen.json']);
  expect(JSON.parse(await fixture.get('out/1/seen.json'))).toEqual({
    argv: ['work', '--rate', '0.1'],
    inputs: ['all/a.csv', 'all/b.csv', 'all/more/c.csv', 'one/b.csv', 'some/a.csv', 'some/more/c.csv'],
    config: ['processingjobconfig.json', 'resourceconfig.json'],
    job: 'job-1',
    colour: 'blue',
    credentials: true,
  });
  expect(await fixture.log('/aws/sagemaker/ProcessingJobs')).toContain('working on it');
});

test('a job without network has no credentials', async () => {
  await run({
    ProcessingOutputConfig: output('s3://bucket/out/2'),
    NetworkConfig: { EnableNetworkIsolation: true },
  });
  expect(JSON.parse(await fixture.get('out/2/seen.json'))).toMatchObject({ credentials: false });
});

test('a failed job reports its exit code and its own message, and its outputs are uploaded', async () => {
  const result = await run({
    AppSpecification: running('fail'),
    ProcessingOutputConfig: output('s3://bucket/out/3'),
  });
  expect(result).toMatchObject({ ProcessingJobStatus: 'Failed', ExitMessage: 'row 7 is bad' });
  expect(result.FailureReason).toMatch(/^AlgorithmError: .*exit code: 3$/);
  expect(await fixture.keys('out/3/')).toContain('out/3/seen.json');
});

test.each<[string, () => Partial<CreateProcessingJobCommandInput>, RegExp]>([
  [
    'a missing image',
    () => ({ AppSpecification: { ImageUri: image.replace(/@.*/, ':none') } }),
    /^ClientError: Cannot pull image .*:none: .*Requested image not found/,
  ],
  [
    'a missing input',
    () => ({ ProcessingInputs: [input('data', 's3://bucket/none/')] }),
    /^ClientError: Failed to download data\. Input data: No S3 objects found under S3 URL "s3:\/\/bucket\/none\/"/,
  ],
  [
    'a missing bucket',
    () => ({ ProcessingInputs: [input('data', 's3://other/none/')] }),
    /Input data: The specified bucket does not exist/,
  ],
  [
    'an invalid manifest',
    () => ({ ProcessingInputs: [input('list', 's3://bucket/data/a.csv', 'ManifestFile')] }),
    /Input list: s3:\/\/bucket\/data\/a\.csv is not a manifest/,
  ],
  [
    'an output to a missing bucket',
    () => ({ ProcessingOutputConfig: output('s3://other/x') }),
    /^ClientError: Failed to upload output out: The specified bucket does not exist/,
  ],
])('a job fails for %s', async (_, change, reason) => {
  expect(await run(change())).toMatchObject({
    ProcessingJobStatus: 'Failed',
    FailureReason: expect.stringMatching(reason),
  });
});

test('reads and writes use the job’s role', async () => {
  denied.add('s3:GetObject');
  const result = await run({ ProcessingInputs: [input('data', 's3://bucket/data/')] });
  expect(result.FailureReason).toMatch(/assumed-role\/Job\/SageMaker may not s3:GetObject on .*data\/a\.csv/);
});

test('a name can be used once', async () => {
  const request = job();
  await client.createProcessingJob(request);
  await expect(client.createProcessingJob(request)).rejects.toMatchObject({ name: 'ResourceInUse' });
  await ended(request.ProcessingJobName!);
  await expect(client.createProcessingJob(request)).rejects.toMatchObject({ name: 'ResourceInUse' });
  const { ProcessingJobSummaries } = await client.listProcessingJobs({});
  expect(ProcessingJobSummaries).toContainEqual(
    expect.objectContaining({
      ProcessingJobName: request.ProcessingJobName,
      ProcessingJobStatus: 'Completed',
    }),
  );
  await expect(client.describeProcessingJob({ ProcessingJobName: 'none' })).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining('not found'),
  });
});

/** A job whose program waits for SIGTERM. */
async function started(): Promise<string> {
  const request = job({ AppSpecification: running('wait') });
  await client.createProcessingJob(request);
  const output = join(
    fixture.here.stateDirectory,
    'jobs',
    request.ProcessingJobName!,
    'opt/ml/processing/output/deep',
  );
  await fixture.until(() => existsSync(output));
  return request.ProcessingJobName!;
}

test('a job is stopped by SIGTERM, and cannot be stopped twice', async () => {
  const ProcessingJobName = await started();
  await client.stopProcessingJob({ ProcessingJobName });
  expect(await ended(ProcessingJobName)).toMatchObject({ ProcessingJobStatus: 'Stopped' });
  await expect(client.stopProcessingJob({ ProcessingJobName })).rejects.toThrow(/in status Stopped/);
});

test('a job over its time is stopped', async () => {
  const result = await run({
    AppSpecification: running('wait'),
    StoppingCondition: { MaxRuntimeInSeconds: 1 },
  });
  expect(result.ProcessingJobStatus).toBe('Stopped');
});

test('lists of jobs page and filter, the newest first', async () => {
  const page = await client.listProcessingJobs({ MaxResults: 1 });
  const next = await client.listProcessingJobs({ MaxResults: 1, NextToken: page.NextToken });
  const [newest, second] = [page, next].map(({ ProcessingJobSummaries }) => ProcessingJobSummaries![0]!);
  expect(newest!.CreationTime!.getTime()).toBeGreaterThanOrEqual(second!.CreationTime!.getTime());
  expect(newest!.ProcessingJobName).not.toBe(second!.ProcessingJobName);
  const { ProcessingJobSummaries } = await client.listProcessingJobs({ StatusEquals: 'Failed' });
  expect(ProcessingJobSummaries!.every(({ ProcessingJobStatus }) => ProcessingJobStatus === 'Failed')).toBe(
    true,
  );
});

test('a job that ran when the cloud was killed has failed after a restart', async () => {
  const ProcessingJobName = await started();
  fixture.here.cloud.stores.flush();
  const stateDirectory = mkdtempSync(join(tmpdir(), 'cloud-'));
  cpSync(join(fixture.here.stateDirectory, 'state'), join(stateDirectory, 'state'), { recursive: true });
  const next = new Cloud({ stateDirectory }).register(sagemaker);
  await next.listen();
  const job = await next.call(
    'sagemaker',
    'DescribeProcessingJob',
    { ProcessingJobName },
    { principal: next.principals.operator },
  );
  expect(job).toMatchObject({
    ProcessingJobStatus: 'Failed',
    FailureReason: 'InternalServerError: the local cloud ended while the job ran',
    ProcessingEndTime: expect.any(Date),
  });
  await next.close();
  rmSync(stateDirectory, { recursive: true });
});

test('a job that runs when the cloud is closed fails', async () => {
  const ProcessingJobName = await started();
  await fixture.restart();
  client = new SageMaker(fixture.here.client);
  expect(await client.describeProcessingJob({ ProcessingJobName })).toMatchObject({
    ProcessingJobStatus: 'Failed',
    FailureReason: 'InternalServerError: the local cloud ended while the job ran',
    ProcessingEndTime: expect.any(Date),
  });
});
