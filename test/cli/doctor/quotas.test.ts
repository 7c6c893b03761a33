import { neededQuotas } from '../../../cli/doctor/quotas';
import { dev } from '../../support/configs';
import type { PipelineConfig } from '../../../lib/config';
import { byTransform } from '../../templates/support/variants';

const byName = (config: PipelineConfig) =>
  Object.fromEntries(
    neededQuotas(config).map(({ name, instances, optional }) => [name, [instances, !!optional]]),
  );

const realtime = (change: object): PipelineConfig => ({
  ...dev,
  endpoint: {
    ...dev.endpoint,
    serving: {
      kind: 'realtime',
      variants: ['a', 'b'].map((name) => ({
        ...{ name, instanceType: 'ml.m5.large', instanceCount: 2, weight: 1 },
      })),
      scaling: null,
    },
    ...change,
  },
});

test('a run on Spot with fallback needs both quotas, the first is optional', () => {
  expect(byName(dev)).toMatchObject({
    'ml.t3.medium for processing job usage': [4, false],
    'ml.m5.large for spot training job usage': [1, true],
    'ml.m5.large for training job usage': [1, false],
  });
  const strict: PipelineConfig = {
    ...dev,
    training: { ...dev.training, spot: { maxWaitMinutes: 120, onDemandFallback: false } },
  };
  expect(byName(strict)['ml.m5.large for spot training job usage']).toEqual([1, false]);
  expect(byName(strict)['ml.m5.large for training job usage']).toBeUndefined();
});

test('an evaluation by batch transform predicts with candidate and champion at the same time', () => {
  expect(byName(byTransform)['ml.m5.large for transform job usage']).toEqual([2, false]);
  expect(byName(dev)).not.toHaveProperty('ml.m5.large for transform job usage');
});

test('an endpoint needs quota for all variants twice, or once with rolling updates', () => {
  expect(byName(realtime({}))['ml.m5.large for endpoint usage']).toEqual([8, false]);
  const rolling = { deployment: { strategy: 'rolling', batchPercent: 50, bakeSeconds: 0 } };
  expect(byName(realtime(rolling))['ml.m5.large for endpoint usage']).toEqual([4, false]);
  const serverless = { serving: { kind: 'serverless', memoryMb: 2_048, maxConcurrency: 5 } };
  expect(Object.keys(byName(realtime(serverless))).filter((name) => name.includes('endpoint'))).toEqual([]);
});
