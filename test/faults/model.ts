import { text } from '../../examples/text/model';
import { local as localPlace, type ModelConfig } from '../../lib';
import { isTest } from '../../lib/config/serving-rules';
import type { DeploymentConfig, ServingConfig, ServingOf } from '../../lib/config/schema';
import { pipelineConfig, type PipelineConfig } from '../../lib/config';

const program = { folder: 'test/faults/program' };

/** The model of `program.ts`: a run takes as little time as the framework and the local cloud allow. */
const model: ModelConfig = {
  ...text,
  name: 'table',
  data: { ...text.data, prefix: 'data/', suffixes: ['.txt'], maxShards: 1, sample: null },
  programs: { preprocess: program, train: program, serve: program },
  hyperparameters: {},
  metrics: {
    training: [{ name: 'validation:score', expression: 'validation:score=([-+0-9.eE]+);' }],
    evaluation: { score: { direction: 'higher', naive: true, min: 0, max: 1 } },
    headline: 'score',
    agreement: [{ evaluation: 'score', training: 'validation:score', difference: 'absolute' }],
  },
  gate: { ...text.gate, metrics: [{ name: 'score', threshold: 0.85, tolerance: 0.03 }] },
  api: {
    ...text.api,
    accepts: [{ contentType: 'application/json', binary: false, schema: { type: 'integer' } }],
  },
};

/** `local` with that model. */
export const realtime: PipelineConfig = pipelineConfig('mlops', model, localPlace);

const served = (serving: ServingConfig): PipelineConfig => ({
  ...realtime,
  endpoint: { ...realtime.endpoint, serving, dataCapturePercent: 0 },
});

const realtimeServing = realtime.endpoint.serving as ServingOf<'realtime'>;

/** Two instances, of which a strategy can replace one before the other. */
const deployedBy = (deployment: DeploymentConfig): PipelineConfig => {
  const variants = realtimeServing.variants.map((variant) => ({ ...variant, instanceCount: 2 }));
  const config = served({ ...realtimeServing, variants });
  // Alarms watch a shift in steps. Those of one row would stop the next one.
  const rollback = isTest(deployment) ? null : { errorsPerMinute: 1_000_000, latencyMs: 60_000 };
  return { ...config, endpoint: { ...config.endpoint, deployment, rollback } };
};

const cooldowns = { scaleInCooldownSeconds: 300, scaleOutCooldownSeconds: 60 };

/**
 * The kinds of serving and strategies whose workflow the matrix tests: of the first one all states, of the others those from the deployment
 * on, and those that the first one lacks. The rest is equal.
 */
export const KINDS = {
  realtime,
  scaled: served({
    ...realtimeServing,
    scaling: { minInstances: 1, maxInstances: 2, invocationsPerInstance: 600, ...cooldowns },
  }),
  canary: deployedBy({ strategy: 'canary', canaryPercent: 50, bakeSeconds: 0 }),
  rolling: deployedBy({ strategy: 'rolling', batchPercent: 50, bakeSeconds: 0 }),
  abTest: deployedBy({ strategy: 'abTest', challengerPercent: 20, bakeSeconds: 0 }),
  serverless: served({ kind: 'serverless', memoryMb: 2_048, maxConcurrency: 5 }),
  asynchronous: served({
    ...{ kind: 'asynchronous', instanceType: 'ml.m5.large', instanceCount: 1 },
    ...{ concurrentPerInstance: 4, keepDays: 7, notify: 'none', scaling: null },
  }),
  batch: served({
    ...{ kind: 'batch', instanceType: 'ml.m5.large', instanceCount: 1, prefix: 'batch/' },
    ...{ concurrentPerInstance: 2, maxRuntimeMinutes: 10 },
  }),
} as const;
