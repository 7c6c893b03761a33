import type { CreateTrainingJobCommandInput } from '@aws-sdk/client-sagemaker';
import { layout } from '../../lib/contract/layout';
import { argumentsOf, dryRun, trainingStopped } from './support/dry-run';
import { dev } from './support/synthesis';
import { onDemand, onGpu, spotOnly } from './support/variants';

describe('the training job', () => {
  const jobOf = async (...[config, scenario]: Parameters<typeof dryRun>) => {
    const run = await dryRun(config, scenario);
    return { run, job: argumentsOf<CreateTrainingJobCommandInput>(run, 'Train model') };
  };

  test.each(['File', 'FastFile'] as const)('data reaches the job in the mode %s', async (mode) => {
    const { job } = await jobOf({ ...dev, training: { ...dev.training, input: { mode } } });
    expect(job.AlgorithmSpecification!.TrainingInputMode).toBe(mode);
  });

  test('waits for Spot at least as long as it may train', async () => {
    const { job } = await jobOf(dev);
    expect(job.EnableManagedSpotTraining).toBe(true);
    const { MaxRuntimeInSeconds, MaxWaitTimeInSeconds } = job.StoppingCondition!;
    expect([MaxRuntimeInSeconds, MaxWaitTimeInSeconds]).toEqual([3_600, 7_200]);
  });

  test('on demand has no waiting time, which SageMaker would refuse', async () => {
    const { job } = await jobOf(onDemand);
    expect(job.EnableManagedSpotTraining).toBe(false);
    expect(job.StoppingCondition).toEqual({ MaxRuntimeInSeconds: 3_600 });
  });

  test('resumes from checkpoints of the same input under any run name; a forced run starts again', async () => {
    const { run, job } = await jobOf(dev);
    const prefix = `s3://artifacts-bucket/${layout.checkpoints(run.plan.fingerprint)}`;
    expect(job.CheckpointConfig).toEqual({ S3Uri: prefix, LocalPath: '/opt/ml/checkpoints' });
    const forced = await jobOf(dev, { force: true });
    expect(forced.run.plan.fingerprint).toBe(run.plan.fingerprint);
    expect(forced.job.CheckpointConfig!.S3Uri).toContain(forced.run.plan.runId);
  });

  test('on demand after Spot resumes from the same checkpoints, under another name', async () => {
    const stopped = { answers: { 'Train model': trainingStopped } };
    const { run, job } = await jobOf(dev, stopped);
    const second = argumentsOf<CreateTrainingJobCommandInput>(run, 'Train model on demand');
    expect(second.EnableManagedSpotTraining).toBe(false);
    const { TrainingJobName, EnableManagedSpotTraining, StoppingCondition, ...same } = job;
    expect(second).toMatchObject(same);
    expect(second.TrainingJobName).not.toBe(TrainingJobName);
    expect([EnableManagedSpotTraining, StoppingCondition?.MaxWaitTimeInSeconds]).toEqual([true, 7_200]);
  });

  test('gets its hyperparameters as text, without their prefix', async () => {
    const { job } = await jobOf(dev);
    expect(job.HyperParameters).toMatchObject({ algorithm: 'network', learning_rate: '0.003' });
    expect(job.HyperParameters).not.toHaveProperty('max_bad_row_fraction');
  });

  test('names its metrics, and each of its three channels', async () => {
    const { job } = await jobOf(dev);
    expect(job.AlgorithmSpecification!.MetricDefinitions!.map(({ Name }) => Name)).toEqual([
      'train:loss',
      'validation:loss',
      'validation:accuracy',
      'validation:rmse',
    ]);
    expect(job.InputDataConfig!.map(({ ChannelName }) => ChannelName)).toEqual([
      'train',
      'validation',
      'schema',
    ]);
  });

  // SageMaker refuses VolumeKmsKeyId on an instance with local NVMe disks.
  test.each([
    ['a CPU type', dev, true],
    ['a GPU type with local disks', onGpu, false],
  ])('encrypts its volume on %s: %#', async (_, config, encrypted) => {
    const { job } = await jobOf(config);
    expect(job.ResourceConfig!.InstanceType).toBe(config.training.instanceType);
    expect('VolumeKmsKeyId' in job.ResourceConfig!).toBe(encrypted);
    expect(job.OutputDataConfig!.KmsKeyId).toMatch(/StoreKey/);
    // The program ends where CUDA sees no device, instead of training on the CPU.
    expect(job.Environment!.GPU_REQUIRED).toBe(encrypted ? undefined : 'true');
  });
});

describe('one value, the instance type, switches training to the GPU', () => {
  const buildOf = async (config: typeof dev) => {
    const run = await dryRun(config, {
      answers: { 'Find training image': () => ({ Images: [] }) },
    });
    const { EnvironmentVariablesOverride } = argumentsOf<{
      EnvironmentVariablesOverride: { Name: string; Value: string }[];
    }>(run, 'Build training image');
    return Object.fromEntries(EnvironmentVariablesOverride.map(({ Name, Value }) => [Name, Value]));
  };

  test('base image and tag change with it, and only for the training image', async () => {
    const baseImages = (dev.programs.train as { baseImage: { cpu: string; gpu: string } }).baseImage;
    const [cpu, gpu] = [await buildOf(dev), await buildOf(onGpu)];
    expect([cpu.BASE_IMAGE, gpu.BASE_IMAGE]).toEqual([baseImages.cpu, baseImages.gpu]);
    expect(cpu.IMAGE_TAG).toMatch(/^[0-9a-f]{32}$/);
    expect(gpu.IMAGE_TAG).not.toBe(cpu.IMAGE_TAG);
    expect(gpu.REPOSITORY_URI).toBe(cpu.REPOSITORY_URI);
    const tagOf = async (config: typeof dev, image: string) =>
      argumentsOf<{ ImageIds: object[] }>(await dryRun(config), `Find ${image} image`).ImageIds;
    expect(await tagOf(onGpu, 'inference')).toEqual(await tagOf(dev, 'inference'));
    expect(await tagOf(onGpu, 'training')).toEqual([{ ImageTag: gpu.IMAGE_TAG }]);
  });
});

test('without fallback there is no training on demand', async () => {
  const { status, error, entered } = await dryRun(spotOnly, {
    answers: { 'Train model': trainingStopped },
  });
  expect([status, error]).toEqual(['FAILED', 'TrainingIncomplete']);
  expect(entered).not.toContain('Train model on demand');
});
