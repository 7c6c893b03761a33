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

// SageMaker refuses these after forty minutes, or they have no effect. The wording of errors is in configuration.test.ts.
test.each<[string, PipelineConfig, string | RegExp]>([
  [
    'a kind that there is not',
    servedBy({ kind: 'lambda' } as unknown as ServingConfig),
    'endpoint.serving.kind is "lambda"',
  ],
  [
    'guardrails on serverless',
    changed(serverless, {}, { deployment: canary, rollback: watched }),
    /strategy is "canary" with endpoint\.serving\.kind "serverless"/,
  ],
  [
    'a bake on serverless',
    changed(serverless, {}, { deployment: { strategy: 'allAtOnce', bakeSeconds: 60 }, rollback: watched }),
    /strategy is "allAtOnce" with endpoint\.serving\.kind "serverless"/,
  ],
  [
    'an A/B test of a queue',
    changed(asynchronous, {}, { deployment: abTest.endpoint.deployment }),
    /strategy is "abTest" with endpoint\.serving\.kind "asynchronous"/,
  ],
  [
    'a shadow of batches',
    changed(batch, {}, { deployment: shadow.endpoint.deployment }),
    /strategy is "shadow" with endpoint\.serving\.kind "batch"/,
  ],
  [
    'rolling over two variants',
    servedBy(two, {
      deployment: { strategy: 'rolling', batchPercent: 50, bakeSeconds: 60 },
      rollback: watched,
    }),
    /strategy is "rolling" with 2 endpoint\.serving\.variants/,
  ],
  [
    'a shadow of two variants',
    servedBy(two, { deployment: shadow.endpoint.deployment }),
    /strategy is "shadow" with 2 endpoint\.serving\.variants/,
  ],
  [
    'an A/B test of a variant that has the challenger’s name',
    servedBy(
      { ...realtime, variants: [{ ...realtime.variants[0]!, name: 'challenger' }] },
      { deployment: abTest.endpoint.deployment },
    ),
    /variants\.0\.name is "challenger"/,
  ],
  [
    'a negative weight',
    servedBy({ ...realtime, variants: [{ ...realtime.variants[0]!, weight: -1 }] }),
    'endpoint.serving.variants.0.weight is -1',
  ],
  [
    'weights that are all zero',
    servedBy({ ...realtime, variants: [{ ...realtime.variants[0]!, weight: 0 }] }),
    'endpoint.serving.variants',
  ],
  [
    'a challenger without requests',
    servedBy(realtime, { deployment: { strategy: 'abTest', challengerPercent: 0, bakeSeconds: 0 } }),
    'endpoint.deployment.challengerPercent is 0',
  ],
  [
    'a shadow that is hardly looked at',
    servedBy(realtime, {
      deployment: { ...shadow.endpoint.deployment, observeSeconds: 10 } as DeploymentConfig,
    }),
    'endpoint.deployment.observeSeconds is 10',
  ],
  [
    'a challenger’s bake that nothing watches',
    servedBy(realtime, { deployment: watchedTest.endpoint.deployment, rollback: null }),
    'endpoint.rollback is null with the strategy "abTest"',
  ],
  ['memory that there is not', changed(serverless, { memoryMb: 512 }), /memoryMb is 512/],
  [
    'too many at once',
    changed(serverless, { maxConcurrency: 201 }),
    'endpoint.serving.maxConcurrency is 201',
  ],
  [
    'captured requests of a queue',
    changed(asynchronous, {}, { dataCapturePercent: 10 }),
    /dataCapturePercent is 10 with endpoint\.serving\.kind "asynchronous"/,
  ],
  [
    'limits the wrong way round',
    scaling({ minInstances: 4, maxInstances: 2 }),
    'endpoint.serving.scaling.minInstances is 4',
  ],
  ['a start beyond the limits', scaling({ minInstances: 2 }), 'instanceCount of variant "primary" is 1'],
  ['no instance in real time', scaling({ minInstances: 0 }), /minInstances is 0/],
  [
    'results among the training data',
    changed(batch, { prefix: `${dev.data.prefix}batch/` }),
    /endpoint\.serving\.prefix is "data\/batch\/"/,
  ],
  [
    'training data among the results',
    { ...batch, data: { ...batch.data, prefix: 'batch/data/' } },
    /endpoint\.serving\.prefix is "batch\/"/,
  ],
  ['a field of another kind', changed(batch, { memoryMb: 2_048 }), 'endpoint.serving.memoryMb'],
])('refused at synthesis: %s', (_, config, message) => {
  expect(() => validateConfig(config)).toThrow(message);
});
