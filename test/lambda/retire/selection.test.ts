import { selectRetired } from '../../../lambda/retire/selection';
import type { Champion } from '../../../lib/contract/run';

const champion = (n: number, image = n): Champion => ({
  runId: `run-${n}`,
  fingerprint: String(n),
  modelName: `model-${n}`,
  endpointConfigName: `config-${n}`,
  modelDataUrl: `s3://artifacts/${n}`,
  inferenceImage: `1.dkr.ecr.eu-west-1.amazonaws.com/inference@sha256:${image}`,
  metrics: {},
  headline: { name: 'accuracy', value: null, interval: null, naive: null, champion: null },
  deployedAt: '2026-11-20T00:00:00Z',
});

const KEPT = { keep: 1, configInUse: 'config-2', challenger: null };

const retired = (
  history: Champion[],
  keep: number,
  inUse = history[0]?.endpointConfigName,
  challenger: Champion | null = null,
  repositoryName: string | undefined = 'inference',
) => selectRetired(history, { keep, configInUse: inUse, challenger, repositoryName });

test('the newest champions stay; configuration and image of the others are deleted', () => {
  expect(retired([champion(3), champion(2), champion(1)], 2)).toEqual([
    { runId: 'run-1', modelName: 'model-1', endpointConfigName: 'config-1', imageDigest: 'sha256:1' },
  ]);
  expect(retired([champion(3), champion(2)], 2)).toEqual([]);
});

test('the model in use stays, however old it is', () => {
  const history = [champion(3), champion(2), champion(1)];
  expect(retired(history, 1, 'config-1').map(({ runId }) => runId)).toEqual(['run-2']);
});

test('an image that a kept model uses stays', () => {
  expect(retired([champion(2, 7), champion(1, 7)], 1)).toEqual([
    { runId: 'run-1', modelName: 'model-1', endpointConfigName: 'config-1' },
  ]);
});

test('an image that the challenger uses stays', () => {
  const [old] = retired([champion(3), champion(2, 7)], 1, 'config-3', champion(4, 7));
  expect(old).not.toHaveProperty('imageDigest');
});

test('an image of another repository stays', () => {
  const prebuilt = {
    ...champion(1),
    inferenceImage: '2.dkr.ecr.eu-west-1.amazonaws.com/other/inference@sha256:1',
  };
  expect(retired([champion(2), prebuilt], 1)).toEqual([
    { runId: 'run-1', modelName: 'model-1', endpointConfigName: 'config-1' },
  ]);
  // A pipeline that builds no inference image has none to delete.
  expect(selectRetired([champion(2), champion(1)], { ...KEPT, repositoryName: undefined })).toEqual([
    { runId: 'run-1', modelName: 'model-1', endpointConfigName: 'config-1' },
  ]);
});

test('a champion after a rollback counts as new', () => {
  const history = [champion(1), champion(3), champion(2), champion(1)];
  expect(retired(history, 2).map(({ runId }) => runId)).toEqual(['run-2']);
});

test('without an endpoint nothing is in use', () => {
  expect(retired([champion(2), champion(1)], 1, undefined).map(({ runId }) => runId)).toEqual(['run-1']);
});

test('a long history is processed in parts', () => {
  const history = Array.from({ length: 60 }, (_, i) => champion(60 - i));
  expect(retired(history, 5)).toHaveLength(20);
});

test('an image without a digest is not of this pipeline, and stays', () => {
  const tagged = { ...champion(1), inferenceImage: 'repository:latest' };
  expect(retired([champion(2), tagged], 1)[0]).not.toHaveProperty('imageDigest');
});
