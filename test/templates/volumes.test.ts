import type {
  CreateProcessingJobCommandInput,
  CreateTrainingJobCommandInput,
} from '@aws-sdk/client-sagemaker';
import type { PipelineConfig } from '../../lib/config';
import { volumeSettings } from '../../lib/run/prepare/volumes';
import { argumentsOf, dryRun } from './support/dry-run';
import { dev } from './support/synthesis';
import { onGpu } from './support/variants';

const given: PipelineConfig = {
  ...dev,
  preprocessing: { ...dev.preprocessing, volumeSizeGb: 40 },
  training: { ...dev.training, volumeSizeGb: 50 },
  evaluation: { ...dev.evaluation, volumeSizeGb: 60 },
};

/** The dry run has a few hundred bytes of data. */
test.each<[string, PipelineConfig, number[]]>([
  ['derived', dev, [11, 31, 11]],
  ['given', given, [40, 50, 60]],
])('sizes that are %s reach the jobs', async (_, config, sizes) => {
  const run = await dryRun(config);
  const cluster = (state: string) =>
    argumentsOf<CreateProcessingJobCommandInput>(run, state).ProcessingResources!.ClusterConfig!;
  const training = argumentsOf<CreateTrainingJobCommandInput>(run, 'Train model').ResourceConfig!;
  expect([
    cluster('Preprocess shard').VolumeSizeInGB,
    training.VolumeSizeInGB,
    cluster('Evaluate model').VolumeSizeInGB,
  ]).toEqual(sizes);
});

test('the size of a volume does not change the fingerprint', async () => {
  const prints = await Promise.all(
    [dev, given].map(async (config) => (await dryRun(config)).plan.fingerprint),
  );
  expect(prints[0]).toBe(prints[1]);
});

test('only a File channel copies the data of training', () => {
  const copies = (mode: 'File' | 'FastFile') =>
    volumeSettings({ ...dev, training: { ...dev.training, input: { mode } } }).trainingCopies;
  expect([copies('File'), copies('FastFile')]).toEqual([true, false]);
});

test('data of any size is accepted for local disks, whose size is not configurable', () => {
  expect(volumeSettings(onGpu).given).toEqual({ training: 30 });
});
