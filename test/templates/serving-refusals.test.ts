import { validateConfig, type PipelineConfig } from '../../lib/config';
import type { DeploymentConfig, ServingConfig } from '../../lib/config/schema';
import { dev } from './support/synthesis';
import {
  abTest,
  asynchronous,
  batch,
  realtime,
  scaled,
  serverless,
  servedBy,
  shadow,
  watchedTest,
} from './support/variants';

const canary: DeploymentConfig = { strategy: 'canary', canaryPercent: 10, bakeSeconds: 120 };
const watched = { errorsPerMinute: 5, latencyMs: 250 };
const two = {
  ...realtime,
  variants: [realtime.variants[0]!, { ...realtime.variants[0]!, name: 'other' }],
};
const changed = (config: PipelineConfig, serving: object, more: Partial<PipelineConfig['endpoint']> = {}) =>
  servedBy({ ...config.endpoint.serving, ...serving }, more);
const scaling = (change: object) =>
  changed(scaled, {
    scaling: { ...('scaling' in scaled.endpoint.serving && scaled.endpoint.serving.scaling), ...change },
  });

test.each(Object.entries({ abTest, watchedTest, shadow, scaled, serverless, asynchronous, batch }))(
  '%s is valid',
  (_, config) => {
    expect(validateConfig(config)).toBe(config);
  },
);

// What SageMaker would refuse after forty minutes, or what would have no effect, is told before anything is made.
test.each<[string, PipelineConfig, string | RegExp]>([
  [
    'a kind that there is not',
    servedBy({ kind: 'lambda' } as unknown as ServingConfig),
    'must be one of realtime, serverless, asynchronous, batch',
  ],
  [
    'guardrails on serverless',
    changed(serverless, {}, { deployment: canary, rollback: watched }),
    /strategy is "canary" with endpoint\.serving\.kind "serverless"; must be "allAtOnce" with bakeSeconds 0/,
  ],
  [
    'a bake on serverless',
    changed(serverless, {}, { deployment: { strategy: 'allAtOnce', bakeSeconds: 60 }, rollback: watched }),
    /strategy is "allAtOnce" with endpoint\.serving\.kind "serverless"; must be "allAtOnce" with bakeSeconds 0/,
  ],
  [
    'an A/B test of a queue',
    changed(asynchronous, {}, { deployment: abTest.endpoint.deployment }),
    /strategy is "abTest" with endpoint\.serving\.kind "asynchronous"/,
  ],
  [
    'a shadow of batches',
    changed(batch, {}, { deployment: shadow.endpoint.deployment }),
    /strategy is "shadow" with endpoint\.serving\.kind "batch".*there is no endpoint/,
  ],
  [
    'rolling over two variants',
    servedBy(two, {
      deployment: { strategy: 'rolling', batchPercent: 50, bakeSeconds: 60 },
      rollback: watched,
    }),
    /strategy is "rolling" with 2 endpoint\.serving\.variants; must be one variant/,
  ],
  [
    'a shadow beside two variants',
    servedBy(two, { deployment: shadow.endpoint.deployment }),
    /strategy is "shadow" with 2 endpoint\.serving\.variants; must be one variant/,
  ],
  [
    'an A/B test of a variant that has the challenger’s name',
    servedBy(
      { ...realtime, variants: [{ ...realtime.variants[0]!, name: 'challenger' }] },
      { deployment: abTest.endpoint.deployment },
    ),
    /variants\.0\.name is "challenger".*must be another name/,
  ],
  [
    'a negative weight',
    servedBy({ ...realtime, variants: [{ ...realtime.variants[0]!, weight: -1 }] }),
    'endpoint.serving.variants.0.weight is -1; must be at least 0',
  ],
  [
    'weights that are all zero',
    servedBy({ ...realtime, variants: [{ ...realtime.variants[0]!, weight: 0 }] }),
    'every variant of endpoint.serving.variants has the weight 0',
  ],
  [
    'a challenger without requests',
    servedBy(realtime, { deployment: { strategy: 'abTest', challengerPercent: 0, bakeSeconds: 0 } }),
    'endpoint.deployment.challengerPercent is 0; must be at least 1',
  ],
  [
    'a shadow that is hardly looked at',
    servedBy(realtime, {
      deployment: { ...shadow.endpoint.deployment, observeSeconds: 10 } as DeploymentConfig,
    }),
    'endpoint.deployment.observeSeconds is 10; must be at least 60',
  ],
  [
    'a challenger’s bake that nothing watches',
    servedBy(realtime, { deployment: watchedTest.endpoint.deployment, rollback: null }),
    'endpoint.rollback is null with the strategy "abTest"',
  ],
  [
    'memory that there is not',
    changed(serverless, { memoryMb: 512 }),
    /memoryMb is 512; must be one of 1024, 2048/,
  ],
  [
    'too many at once',
    changed(serverless, { maxConcurrency: 201 }),
    'endpoint.serving.maxConcurrency is 201; must be at most 200',
  ],
  [
    'captured requests of a queue',
    changed(asynchronous, {}, { dataCapturePercent: 10 }),
    /dataCapturePercent is 10 with endpoint\.serving\.kind "asynchronous"; must be 0/,
  ],
  [
    'limits the wrong way round',
    scaling({ minInstances: 4, maxInstances: 2 }),
    'endpoint.serving.scaling.minInstances is 4; must be at most endpoint.serving.scaling.maxInstances (2)',
  ],
  [
    'a start beyond the limits',
    scaling({ minInstances: 2 }),
    'instanceCount of variant "primary" is 1; must be 2 to 4, the limits of endpoint.serving.scaling',
  ],
  ['no instance in real time', scaling({ minInstances: 0 }), /minInstances is 0; must be at least 1/],
  [
    'results among the training data',
    changed(batch, { prefix: `${dev.data.prefix}batch/` }),
    /endpoint\.serving\.prefix is "data\/batch\/"; must be a prefix that does not overlap data\.prefix "data\/"/,
  ],
  [
    'training data among the results',
    { ...batch, data: { ...batch.data, prefix: 'batch/data/' } },
    /endpoint\.serving\.prefix is "batch\/"; must be a prefix that does not overlap data\.prefix "batch\/data\/"/,
  ],
  [
    'a field of another kind',
    changed(batch, { memoryMb: 2_048 }),
    'endpoint.serving.memoryMb is not a configuration field',
  ],
])('refused at synthesis: %s', (_, config, message) => {
  expect(() => validateConfig(config)).toThrow(message);
});
