import { SageMaker } from '@aws-sdk/client-sagemaker';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import type { FaultPlan, JobFault, JobKind } from '../../src/faults/rules';
import { jobCloud, type JobCloud } from '../jobs/job-cloud';
import { BuildCloud } from '../services/codebuild/build-cloud';
import { processingJob, spot, trainingJob } from '../services/sagemaker/requests';
import { serving, type Serving } from '../services/sagemaker/serving';

/** Writes ten bytes to the model and to the output. */
const PROGRAM = `
const fs = require('node:fs');
const base = process.env.SAGEMAKER_BASE_DIR;
for (const folder of ['model', 'processing/output']) {
  fs.mkdirSync(base + '/' + folder, { recursive: true });
  fs.writeFileSync(base + '/' + folder + '/file', '0123456789');
}
`;

describe('jobs', () => {
  let fixture: JobCloud;
  let client: SageMaker;
  let image: string;
  let jobs = 0;
  beforeAll(async () => {
    fixture = await jobCloud({ cloud: { faults: { rules: [] } } });
    client = new SageMaker(fixture.here.client);
    image = await fixture.image(PROGRAM);
  });
  afterAll(() => fixture.close());

  async function train(fault: JobFault, change: object = {}) {
    const TrainingJobName = `train-${++jobs}`;
    fixture.here.cloud.faults.set({ rules: [{ job: { kind: 'training', name: 'train-*' }, fault }] });
    await client.createTrainingJob(trainingJob(TrainingJobName, image, change));
    await fixture.event(
      ({ detail }) =>
        detail.TrainingJobName === TrainingJobName &&
        ['Completed', 'Failed', 'Stopped'].includes(detail.TrainingJobStatus as string) &&
        detail.SecondaryStatus !== 'Uploading',
    );
    expect(fixture.here.cloud.faults.injected).toMatchObject([
      { target: `training ${TrainingJobName}`, fault },
    ]);
    return client.describeTrainingJob({ TrainingJobName });
  }

  async function process(fault: JobFault) {
    const ProcessingJobName = `process-${++jobs}`;
    fixture.here.cloud.faults.set({ rules: [{ job: { kind: 'processing' }, fault }] });
    const output = {
      OutputName: 'out',
      S3Output: {
        S3Uri: `s3://bucket/${ProcessingJobName}`,
        LocalPath: '/opt/ml/processing/output',
        S3UploadMode: 'EndOfJob' as const,
      },
    };
    const request = processingJob(ProcessingJobName, image, {
      ProcessingOutputConfig: { Outputs: [output] },
    });
    await client.createProcessingJob(request);
    await fixture.event(
      ({ detail }) =>
        detail.ProcessingJobName === ProcessingJobName &&
        ['Completed', 'Failed', 'Stopped'].includes(detail.ProcessingJobStatus as string),
    );
    return client.describeProcessingJob({ ProcessingJobName });
  }

  test.each<[JobFault, RegExp]>([
    ['capacity', /^CapacityError: Unable to provision/],
    ['internalError', /^InternalServerError: /],
    ['crash', /^AlgorithmError: .*exit code: 1$/],
    ['outOfMemory', /^ClientError: Please use an instance type with more memory.*exit code: 137$/],
    [{ exitCode: 9, message: 'label 3 is unknown' }, /^AlgorithmError: label 3 is unknown, exit code: 9$/],
  ])('training: %j', async (fault, reason) => {
    const { TrainingJobStatus, FailureReason } = await train(fault);
    expect([TrainingJobStatus, FailureReason]).toEqual(['Failed', expect.stringMatching(reason)]);
  });

  test('training: out of time, and without Spot', async () => {
    expect(await train('outOfTime')).toMatchObject({
      TrainingJobStatus: 'Stopped',
      SecondaryStatus: 'MaxRuntimeExceeded',
    });
    expect(await train('spotUnavailable', spot)).toMatchObject({
      ...{ TrainingJobStatus: 'Stopped', SecondaryStatus: 'MaxWaitTimeExceeded' },
      ModelArtifacts: { S3ModelArtifacts: '' },
    });
  });

  test('training: the files of the model are cut', async () => {
    const { ModelArtifacts } = await train('corruptedOutput');
    const Key = ModelArtifacts!.S3ModelArtifacts!.replace('s3://bucket/', '');
    const caller = { principal: fixture.here.cloud.principals.operator };
    const { Body } = await fixture.here.cloud.call('s3', 'GetObject', { Bucket: 'bucket', Key }, caller);
    const archive = gunzipSync(await buffer(Body as Readable)).toString('latin1');
    expect(archive).toContain('01234');
    expect(archive).not.toContain('012345');
  });

  test.each<[JobFault, string, RegExp]>([
    ['capacity', 'Failed', /^CapacityError: /],
    ['crash', 'Failed', /^AlgorithmError: .*exit code: 1$/],
    ['outOfMemory', 'Failed', /with more memory.*exit code: 137$/],
    ['outOfTime', 'Stopped', /^$/],
  ])('processing: %s', async (fault, status, reason) => {
    const { ProcessingJobStatus, FailureReason = '' } = await process(fault);
    expect([ProcessingJobStatus, FailureReason]).toEqual([status, expect.stringMatching(reason)]);
  });

  test('processing: the message of the program, and cut files', async () => {
    expect(await process({ exitCode: 2, message: 'no rows' })).toMatchObject({ ExitMessage: 'no rows' });
    const { ProcessingJobName } = await process('corruptedOutput');
    expect(await fixture.get(`${ProcessingJobName}/file`)).toBe('01234');
  });
});

describe('endpoints', () => {
  let here: Serving;
  beforeAll(async () => (here = await serving()));
  afterAll(() => here.jobsCloud.close());
  const plan = (...rules: FaultPlan['rules']) => here.jobsCloud.here.cloud.faults.set({ rules });
  const endpoint = (kind: JobKind = 'endpoint') => ({ kind, name: '*' });

  test.each<[JobFault, RegExp]>([
    ['capacity', /^Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity/],
    ['neverReady', /did not pass the ping health check\. Please check/],
    ['outOfMemory', /did not pass the ping health check.*exit code 137/],
    [{ exitCode: 3, message: 'no model' }, /did not pass the ping health check.*exit code 3: no model/],
  ])('%j: the endpoint fails', async (fault, reason) => {
    plan({ job: endpoint(), fault });
    const EndpointName = await here.endpoint(await here.config(['one']));
    const { EndpointStatus, FailureReason } = await here.client.describeEndpoint({ EndpointName });
    expect([EndpointStatus, FailureReason]).toEqual(['Failed', expect.stringMatching(reason)]);
  });

  test('an answer of the plan; and after an update without it, the model’s own', async () => {
    plan({ job: endpoint(), fault: { answer: { status: 200, body: '{"word":"wrong"}' } }, times: 1 });
    const EndpointName = await here.endpoint(await here.config(['one']));
    expect((await here.ask(EndpointName)).said).toEqual({ word: 'wrong' });
    plan({ job: endpoint(), fault: { answer: { status: 500, body: 'broken' } } });
    const failing = await here.endpoint(await here.config(['two']));
    await expect(here.ask(failing)).rejects.toMatchObject({ name: 'ModelError', OriginalStatusCode: 500 });
  });
});

describe('builds', () => {
  let builds: BuildCloud;
  beforeAll(async () => (builds = await BuildCloud.open()));
  afterAll(() => builds.close());

  test.each<[JobFault, string]>([
    ['crash', 'FAILED'],
    ['outOfTime', 'TIMED_OUT'],
    ['internalError', 'FAULT'],
  ])('%s', async (fault, status) => {
    builds.fixture.here.cloud.faults.set({ rules: [{ job: { kind: 'build' }, fault }] });
    const build = await builds.run(await builds.project({ build: ['echo never'] }));
    expect(build.buildStatus).toBe(status);
    expect(await builds.log(build)).not.toContain('never\n');
  });
});
