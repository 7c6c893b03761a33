import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ECR } from '@aws-sdk/client-ecr';
import {
  SageMaker,
  type CreateProcessingJobCommandInput,
  type CreateTrainingJobCommandInput,
} from '@aws-sdk/client-sagemaker';
import { jobCloud, REGISTRY, type JobCloud } from '../jobs/job-cloud';
import { input, processingJob, spot, trainingJob } from '../services/sagemaker/requests';
import { BASE_IMAGE, describeWithDocker, docker, importBaseImage } from './docker-fixture';

const REPOSITORY = 'test-jobs';

/** Reports what it sees, then does what its argument says. */
const PROCESSING = `
const fs = require('node:fs');
const net = require('node:net');
const [, , verb] = process.argv;
const reach = (address) => new Promise((resolve) => {
  if (!address) return resolve('no address');
  const { hostname, port } = new URL(address);
  const socket = net.connect(Number(port), hostname);
  socket.setTimeout(5000, () => socket.destroy(new Error('timeout')));
  socket.on('connect', () => { socket.destroy(); resolve('reached'); }).on('error', (error) => resolve(error.code ?? error.message));
});
(async () => {
  if (verb === 'fail') { fs.writeFileSync('/opt/ml/output/message', 'row 7 is bad'); process.exit(3); }
  if (verb === 'wait') { process.on('SIGTERM', () => process.exit(143)); setInterval(() => {}, 1000); console.log('ready'); return; }
  const seen = {
    inputs: fs.readdirSync('/opt/ml/processing/input/data'),
    baked: fs.readdirSync('/opt/ml/code'), ran: fs.readFileSync('/ran', 'utf8'),
    user: process.getuid(), base: process.env.SAGEMAKER_BASE_DIR ?? null, job: process.env.PROCESSING_JOB_NAME,
    credentials: Boolean(process.env.AWS_ACCESS_KEY_ID),
    cloud: await reach(process.env.AWS_ENDPOINT_URL),
    gateways: fs.readFileSync('/proc/net/route', 'utf8').trim().split('\\n').length - 1,
  };
  fs.mkdirSync('/opt/ml/processing/output/deep', { recursive: true });
  fs.writeFileSync('/opt/ml/processing/output/deep/seen.json', JSON.stringify(seen), { mode: 0o600 });
  console.log('done by ' + verb);
})();
`;

/** Counts to 3 with a checkpoint for each step, from the last one. */
const TRAINING = `
const fs = require('node:fs');
const { mode } = JSON.parse(fs.readFileSync('/opt/ml/input/config/hyperparameters.json'));
const { LocalPath } = fs.existsSync('/opt/ml/input/config/checkpointconfig.json') ? JSON.parse(fs.readFileSync('/opt/ml/input/config/checkpointconfig.json')) : {};
if (mode === 'fail') { fs.writeFileSync('/opt/ml/output/failure', 'label 3 is unknown'); process.exit(1); }
const file = LocalPath + '/step';
const first = fs.existsSync(file) ? Number(fs.readFileSync(file, 'utf8')) : 0;
console.log(process.argv[2] + ' from step ' + first);
process.on('SIGTERM', () => process.exit(143));
fs.writeFileSync(file + '.tmp', String(first + 1));
fs.renameSync(file + '.tmp', file);
if (first < 2) setInterval(() => {}, 1000);
else fs.writeFileSync('/opt/ml/model/weights', 'at step ' + first);
`;

describeWithDocker()('jobs as containers', () => {
  let fixture: JobCloud;
  let client: SageMaker;
  let processing: string;
  let training: string;
  let jobs = 0;

  beforeAll(async () => {
    importBaseImage();
    fixture = await jobCloud({
      containers: { engine: 'docker' },
      baseImage: BASE_IMAGE,
      repository: REPOSITORY,
      instructions: ['COPY main.cjs /opt/ml/code/', "RUN printf 'at build' > /ran"],
    });
    client = new SageMaker(fixture.here.client);
    processing = await fixture.image(PROCESSING);
    training = await fixture.image(TRAINING);
    await fixture.put('data/a.csv', 'a');
  });
  afterAll(async () => {
    await fixture?.close();
    const images = docker('images', '--quiet', `${REGISTRY}/${REPOSITORY}`);
    if (images !== '') docker('rmi', '--force', ...new Set(images.split('\n')));
  });

  async function process(verb: string, more: Partial<CreateProcessingJobCommandInput> = {}) {
    const ProcessingJobName = `processing-${++jobs}`;
    const request = processingJob(ProcessingJobName, processing, {
      AppSpecification: { ImageUri: processing, ContainerArguments: [verb] },
      ProcessingInputs: [input('data', 's3://bucket/data/')],
      ProcessingOutputConfig: {
        Outputs: [
          {
            OutputName: 'out',
            S3Output: {
              S3Uri: `s3://bucket/${ProcessingJobName}`,
              LocalPath: '/opt/ml/processing/output',
              S3UploadMode: 'EndOfJob',
            },
          },
        ],
      },
      ...more,
    });
    await client.createProcessingJob(request);
    return ProcessingJobName;
  }

  async function processed(ProcessingJobName: string) {
    await fixture.event(
      ({ detail }) =>
        detail.ProcessingJobName === ProcessingJobName &&
        !['InProgress', 'Stopping'].includes(detail.ProcessingJobStatus as string),
    );
    return client.describeProcessingJob({ ProcessingJobName });
  }

  async function trained(change: Partial<CreateTrainingJobCommandInput>) {
    const TrainingJobName = `training-${++jobs}`;
    await client.createTrainingJob(trainingJob(TrainingJobName, training, change));
    await fixture.event(
      ({ detail }) =>
        detail.TrainingJobName === TrainingJobName &&
        !['InProgress', 'Stopping'].includes(detail.TrainingJobStatus as string),
    );
    return client.describeTrainingJob({ TrainingJobName });
  }

  test('a job reads its inputs, reaches the cloud, and its output is uploaded', async () => {
    const name = await process('work');
    expect(await processed(name)).toMatchObject({ ProcessingJobStatus: 'Completed' });
    expect(JSON.parse(await fixture.get(`${name}/deep/seen.json`))).toEqual({
      ...{ inputs: ['a.csv'], baked: ['main.cjs'], ran: 'at build', user: 0, base: null, job: name },
      ...{ credentials: true, cloud: 'reached', gateways: 2 },
    });
    expect(await fixture.log('/aws/sagemaker/ProcessingJobs')).toContain('done by work');
  });

  test('an isolated job has no network and no credentials', async () => {
    const name = await process('work', { NetworkConfig: { EnableNetworkIsolation: true } });
    expect(await processed(name)).toMatchObject({ ProcessingJobStatus: 'Completed' });
    expect(JSON.parse(await fixture.get(`${name}/deep/seen.json`))).toMatchObject({
      ...{ credentials: false, cloud: 'no address', gateways: 0 },
    });
  });

  test('a failed job has its exit code and its message', async () => {
    expect(await processed(await process('fail'))).toMatchObject({
      ProcessingJobStatus: 'Failed',
      FailureReason: expect.stringContaining('exit code: 3') as string,
      ExitMessage: 'row 7 is bad',
    });
  });

  test('a stopped job gets SIGTERM; nothing of any job remains', async () => {
    const name = await process('wait');
    await fixture.until(async () => (await fixture.log('/aws/sagemaker/ProcessingJobs')).includes('ready'));
    await client.stopProcessingJob({ ProcessingJobName: name });
    expect(await processed(name)).toMatchObject({ ProcessingJobStatus: 'Stopped' });
    const folder = join(fixture.here.stateDirectory, 'jobs');
    await fixture.until(() => readdirSync(folder).length === 0);
    expect(docker('ps', '--all', '--quiet', '--filter', label(fixture))).toBe('');
  });

  test('a Spot interruption stops training, which continues from its checkpoint outside of /opt/ml', async () => {
    fixture.fail({ job: { kind: 'training' }, fault: 'spotInterruption', times: 2 });
    const { ModelArtifacts, ...job } = await trained({
      ...spot,
      CheckpointConfig: { S3Uri: 's3://bucket/checkpoints', LocalPath: '/checkpoints' },
    });
    expect(job).toMatchObject({ TrainingJobStatus: 'Completed' });
    expect(ModelArtifacts!.S3ModelArtifacts).toMatch(/model\.tar\.gz$/);
    const log = await fixture.log('/aws/sagemaker/TrainingJobs');
    expect(log).toEqual(['train from step 0', 'train from step 1', 'train from step 2']);
    expect(await fixture.get('checkpoints/step')).toBe('3');
  });

  test('the failure file of training is its reason', async () => {
    expect(await trained({ HyperParameters: { mode: 'fail' } })).toMatchObject({
      TrainingJobStatus: 'Failed',
      FailureReason: 'AlgorithmError: label 3 is unknown, exit code: 1',
    });
  });

  test('an entry point that is not in the image fails the job, and its log says so', async () => {
    const AppSpecification = { ImageUri: processing, ContainerEntrypoint: ['/no/such/program'] };
    const name = await process('work', { AppSpecification });
    expect(await processed(name)).toMatchObject({
      FailureReason: expect.stringContaining('exit code: 127') as string,
    });
    const log = (await fixture.log('/aws/sagemaker/ProcessingJobs')).join('\n');
    expect(log).toMatch(/cannot start the container: .*\/no\/such\/program/);
  });

  test('the digest that ECR answers is of the image that runs', async () => {
    const { images } = await new ECR(fixture.here.client).batchGetImage({
      repositoryName: REPOSITORY,
      imageIds: [{ imageDigest: processing.split('@')[1] }],
    });
    const manifest = JSON.parse(images![0]!.imageManifest!) as { config: { digest: string } };
    const tag = `${processing.split('@')[0]}:${images![0]!.imageId!.imageTag}`;
    expect(docker('image', 'inspect', '--format', '{{.Id}}', tag)).toBe(manifest.config.digest);
  });

  describe('of another registry', () => {
    const repository = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-test';

    beforeAll(() => docker('tag', processing.replace(/@.*/, ':v1'), `${repository}:1.7-1`));
    afterAll(() => docker('rmi', `${repository}:1.7-1`));

    test('an image that the engine has is run by tag, and by the digest that ECR answers', async () => {
      const ecr = new ECR(fixture.here.client);
      const asked = {
        registryId: '683313688378',
        repositoryName: 'sagemaker-test',
        imageIds: [{ imageTag: '1.7-1' }],
      };
      const { images } = await ecr.batchGetImage(asked);
      const { imageDigest } = images![0]!.imageId!;
      const { imageDetails } = await ecr.describeImages(asked);
      expect(imageDetails).toMatchObject([{ imageDigest, imageTags: ['1.7-1'], registryId: '683313688378' }]);
      for (const ImageUri of [`${repository}:1.7-1`, `${repository}@${imageDigest}`]) {
        const name = await process('work', { AppSpecification: { ImageUri, ContainerArguments: ['work'] } });
        expect(await processed(name)).toMatchObject({ ProcessingJobStatus: 'Completed' });
      }
    });

    test('an image that cannot be pulled fails the job, and ECR does not know it', async () => {
      const unknown = `${repository}:none`;
      const name = await process('work', { AppSpecification: { ImageUri: unknown } });
      expect((await processed(name)).FailureReason).toMatch(`ClientError: Cannot pull image ${unknown}: `);
    });
  });
});

function label(fixture: JobCloud): string {
  return `label=local-cloud.state=${fixture.here.stateDirectory}`;
}
