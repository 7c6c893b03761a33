import { instancesPerStep, stepText, waits, type StepShare } from '../../../lib/config/deployment-steps';
import type { DeploymentConfig, ServingOf } from '../../../lib/config/schema';
import { local } from '../../support/configs';

const canary = (percent: number): StepShare => ({ field: 'canaryPercent', percent, least: 0 });
const linear = (percent: number): StepShare => ({ field: 'stepPercent', percent, least: 10 });
const rolling = (percent: number): StepShare => ({ field: 'batchPercent', percent, least: 5 });

// As docs/configuration.md has it for 2 and 3 instances.
test.each<[StepShare, number, number]>([
  [canary(10), 2, 1],
  [canary(50), 2, 1],
  [canary(10), 3, 1],
  [canary(33), 3, 1],
  [canary(50), 3, 1],
  [canary(50), 4, 2],
  [canary(1), 100, 1],
  [linear(10), 15, 2],
  [linear(33), 3, 1],
  [rolling(5), 30, 2],
  [rolling(50), 5, 2],
])('%j of %i instances is %i', (share, instances, expected) => {
  expect(instancesPerStep(share, instances)).toBe(expected);
});

// SageMaker refuses a step beyond these limits.
test.each([canary(1), canary(50), linear(10), linear(50), rolling(5), rolling(50)])(
  'a step of %j is within the limits for any number of instances',
  (share) => {
    for (let instances = 2; instances <= 100; instances += 1) {
      const percent = (instancesPerStep(share, instances) / instances) * 100;
      expect(percent).toBeLessThanOrEqual(50);
      expect(percent).toBeGreaterThanOrEqual(share.least);
    }
  },
);

const realtime = local.endpoint.serving as ServingOf<'realtime'>;
const served = (...counts: number[]): ServingOf<'realtime'> => ({
  ...realtime,
  variants: counts.map((instanceCount, index) => ({
    ...realtime.variants[0]!,
    name: `v${index}`,
    instanceCount,
  })),
});
const bakeSeconds = 60;

test.each<[DeploymentConfig, number[], number]>([
  [{ strategy: 'allAtOnce', bakeSeconds }, [1], 2],
  [{ strategy: 'canary', canaryPercent: 10, bakeSeconds }, [3], 2],
  [{ strategy: 'linear', stepPercent: 10, bakeSeconds }, [2], 2],
  [{ strategy: 'linear', stepPercent: 25, bakeSeconds }, [8], 4],
  // SageMaker rounds: as many steps as the percentage has at most.
  [{ strategy: 'linear', stepPercent: 10, bakeSeconds }, [2, 4], 10],
  [{ strategy: 'rolling', batchPercent: 50, bakeSeconds }, [3], 3],
])('%j with %j instances waits %i times', (deployment, counts, expected) => {
  expect(waits(served(...counts), deployment)).toBe(expected);
});

test('the text names instances, share and bakes', () => {
  expect(stepText(served(2), { strategy: 'canary', canaryPercent: 10, bakeSeconds: 600 })).toBe(
    'endpoint.deployment.canaryPercent 10 is 1 of 2 instances (50 %) at once; alarms are watched for 600 s after each of 2 steps, the last with all traffic on the new model',
  );
  expect(stepText(served(1), { strategy: 'allAtOnce', bakeSeconds: 600 })).toBeUndefined();
});
