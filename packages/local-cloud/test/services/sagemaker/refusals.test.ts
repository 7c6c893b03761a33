import {
  SageMaker,
  type CreateProcessingJobCommandInput,
  type CreateTrainingJobCommandInput,
} from '@aws-sdk/client-sagemaker';
import { REGISTRY, jobCloud, type JobCloud } from '../../jobs/job-cloud';
import { channel, input, processingJob, spot, trainingJob } from './requests';

let fixture: JobCloud;
let client: SageMaker;
beforeAll(async () => {
  fixture = await jobCloud();
  client = new SageMaker(fixture.here.client);
});
afterAll(() => fixture.close());

const IMAGE = `${REGISTRY}/app:none`;

describe('processing jobs', () => {
  test.each<[string, Partial<CreateProcessingJobCommandInput>, string, RegExp]>([
    [
      'a name that is too long',
      { ProcessingJobName: 'x'.repeat(64) },
      'ValidationException',
      /less than or equal to 63/,
    ],
    [
      'a name with an underscore',
      { ProcessingJobName: 'a_b' },
      'ValidationException',
      /'a_b' at 'processingJobName'.*pattern/,
    ],
    ['a name that ends in a dash', { ProcessingJobName: 'a-' }, 'ValidationException', /pattern/],
    [
      'a long environment value',
      { Environment: { A: 'x'.repeat(257) } },
      'ValidationException',
      /'environment'.*less than or equal to 256/,
    ],
    [
      'eleven inputs',
      { ProcessingInputs: Array.from({ length: 11 }, (_, i) => input(`i${i}`, 's3://bucket/data/')) },
      'ValidationException',
      /processingInputs.*10/,
    ],
    [
      'a run time over five days',
      { StoppingCondition: { MaxRuntimeInSeconds: 777_601 } },
      'ValidationException',
      /maxRuntimeInSeconds.*less than or equal to 777600/,
    ],
    [
      'an input with another path',
      {
        ProcessingInputs: [
          {
            ...input('i', 's3://bucket/data/'),
            S3Input: { ...input('i', 's3://bucket/data/').S3Input, LocalPath: '/tmp/x' },
          },
        ],
      },
      'ValidationException',
      /LocalPath '\/tmp\/x' must begin with \/opt\/ml\/processing/,
    ],
    [
      'several instances',
      {
        ProcessingResources: {
          ClusterConfig: { InstanceCount: 2, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 },
        },
      },
      'NotImplemented',
      /several instances/,
    ],
  ])('refused: %s', async (_, change, name, message) => {
    await expect(client.createProcessingJob(processingJob('job', IMAGE, change))).rejects.toMatchObject({
      name,
      message: expect.stringMatching(message),
    });
  });
});

const algorithm = (metrics: { Name: string; Regex: string }[]) => ({
  AlgorithmSpecification: {
    TrainingImage: IMAGE,
    TrainingInputMode: 'File' as const,
    MetricDefinitions: metrics,
  },
});

describe('training jobs', () => {
  test.each<[string, () => Partial<CreateTrainingJobCommandInput>, string, RegExp]>([
    [
      'a name with a dot',
      () => ({ TrainingJobName: 'a.b' }),
      'ValidationException',
      /'a\.b' at 'trainingJobName'/,
    ],
    [
      'Spot without a wait',
      () => ({ EnableManagedSpotTraining: true }),
      'ValidationException',
      /MaxWaitTimeInSeconds must be set/,
    ],
    [
      'a wait without Spot',
      () => ({ ...spot, EnableManagedSpotTraining: false }),
      'ValidationException',
      /can only be set/,
    ],
    [
      'a wait shorter than the run',
      () => ({ ...spot, StoppingCondition: { MaxRuntimeInSeconds: 9, MaxWaitTimeInSeconds: 8 } }),
      'ValidationException',
      /Invalid MaxWaitTimeInSeconds 8.*MaxRuntimeInSeconds 9/,
    ],
    [
      'a run over 28 days',
      () => ({ StoppingCondition: { MaxRuntimeInSeconds: 2_419_201 } }),
      'ValidationException',
      /2419200/,
    ],
    [
      'a long hyperparameter',
      () => ({ HyperParameters: { a: 'x'.repeat(2501) } }),
      'ValidationException',
      /'hyperParameters'.*less than or equal to 2500/,
    ],
    [
      '101 hyperparameters',
      () => ({ HyperParameters: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`h${i}`, ''])) }),
      'ValidationException',
      /hyperParameters.*100/,
    ],
    [
      'a long environment value',
      () => ({ Environment: { A: 'x'.repeat(513) } }),
      'ValidationException',
      /'environment'.*less than or equal to 512/,
    ],
    [
      'a repeated channel',
      () => ({ InputDataConfig: [channel('a', 's3://bucket/data/'), channel('a', 's3://bucket/data/')] }),
      'ValidationException',
      /'a' is not/,
    ],
    [
      'a channel with a slash',
      () => ({ InputDataConfig: [channel('a/b', 's3://bucket/data/')] }),
      'ValidationException',
      /'a\/b' at 'inputDataConfig\.1\.member\.channelName'/,
    ],
    [
      'an invalid regex',
      () => algorithm([{ Name: 'loss', Regex: '(' }]),
      'ValidationException',
      /regex '\(' of metric definition 'loss'/,
    ],
    [
      'several instances',
      () => ({ ResourceConfig: { InstanceCount: 2, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 } }),
      'NotImplemented',
      /several instances/,
    ],
    [
      'streamed input',
      () => ({ AlgorithmSpecification: { TrainingImage: IMAGE, TrainingInputMode: 'Pipe' } }),
      'NotImplemented',
      /Pipe/,
    ],
  ])('refused: %s', async (_, change, name, message) => {
    await expect(client.createTrainingJob(trainingJob('job', IMAGE, change()))).rejects.toMatchObject({
      name,
      message: expect.stringMatching(message),
    });
  });
});
