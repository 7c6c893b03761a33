import { championOf } from '../../../lib/contract/champion';
import type { Challenger } from '../../../lib/contract/run';

const challenger: Challenger = {
  runId: 'run-2',
  fingerprint: 'f',
  modelName: 'model-2',
  endpointConfigName: 'config-2',
  modelDataUrl: 's3://bucket/model.tar.gz',
  inferenceImage: 'repository@sha256:1',
  modelPackageArn: null,
  metrics: { accuracy: 0.9 },
  headline: { name: 'accuracy', value: 0.9, interval: null, naive: null, champion: null },
  deployedAt: '2026-11-20T15:17:25.910Z',
  strategy: 'shadow',
  testConfigName: 'test-2',
  against: 'run-1',
};

// `mlops promote` writes it; a run that starts later reads the record as that of a champion.
test('a challenger becomes the champion without the fields of its test, from now on', () => {
  const { strategy, testConfigName, against, ...model } = challenger;
  const now = new Date('2026-11-21T00:00:00.000Z');
  expect(championOf(challenger, now)).toEqual({ ...model, deployedAt: '2026-11-21T00:00:00.000Z' });
});

test('a champion from before the registry stays without a model package', () => {
  const { modelPackageArn, ...model } = challenger;
  expect(championOf(model, new Date())).not.toHaveProperty('modelPackageArn');
});
