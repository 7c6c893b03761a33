import { dev as devPlace, xgboost } from '../../../lib';
import { pipelineConfig, type PipelineConfig } from '../../../lib/config';
import type { DeploymentConfig, ServingConfig, ServingOf } from '../../../lib/config/schema';
import { dev, REGION } from './synthesis';

/** The serving configuration of `dev`. */
export const realtime = dev.endpoint.serving as ServingOf<'realtime'>;

/** `dev` with another kind of serving, or another strategy. */
export function servedBy(
  serving: ServingConfig,
  more: Partial<PipelineConfig['endpoint']> = {},
): PipelineConfig {
  const dataCapturePercent = serving.kind === 'realtime' ? dev.endpoint.dataCapturePercent : 0;
  return { ...dev, endpoint: { ...dev.endpoint, serving, dataCapturePercent, ...more } };
}

/** Configurations that a team would try next, each one value away from `dev`, or a few. */
export const onGpu: PipelineConfig = { ...dev, training: { ...dev.training, instanceType: 'ml.g5.xlarge' } };

export const onDemand: PipelineConfig = { ...dev, training: { ...dev.training, spot: null } };

export const spotOnly: PipelineConfig = {
  ...dev,
  training: { ...dev.training, spot: { maxWaitMinutes: 90, onDemandFallback: false } },
};

/** Two variants of one model, without data capture, one of them on local disks. */
export const twoVariants: PipelineConfig = {
  ...dev,
  endpoint: {
    ...dev.endpoint,
    dataCapturePercent: 0,
    serving: {
      ...realtime,
      variants: [
        { name: 'primary', instanceType: 'ml.m5.large', instanceCount: 2, weight: 9 },
        { name: 'gpu', instanceType: 'ml.g4dn.xlarge', instanceCount: 1, weight: 1 },
      ],
    },
  },
};

/** Ten percent first, watched by alarms. */
export const canary: PipelineConfig = {
  ...dev,
  endpoint: {
    ...dev.endpoint,
    serving: { ...realtime, variants: [{ ...realtime.variants[0]!, instanceCount: 2 }] },
    deployment: { strategy: 'canary', canaryPercent: 10, bakeSeconds: 300 },
    rollback: { errorsPerMinute: 5, latencyMs: 250 },
  },
};

const strategy = (deployment: DeploymentConfig) => servedBy(realtime, { deployment });

/** A fifth of the requests goes to the challenger, until an operator decides. */
export const abTest = strategy({ strategy: 'abTest', challengerPercent: 20, bakeSeconds: 0 });

/** The same, watched by alarms for five minutes first. */
export const watchedTest = servedBy(realtime, {
  deployment: { strategy: 'abTest', challengerPercent: 20, bakeSeconds: 300 },
  rollback: { errorsPerMinute: 5, latencyMs: 250 },
});

/** The challenger gets copies for an hour. */
export const shadow = strategy({
  ...{ strategy: 'shadow', copyPercent: 100 },
  ...{ bakeSeconds: 0, observeSeconds: 3_600 },
});

const cooldowns = { scaleInCooldownSeconds: 300, scaleOutCooldownSeconds: 60 };

export const scaled = servedBy({
  ...realtime,
  scaling: { minInstances: 1, maxInstances: 4, invocationsPerInstance: 600, ...cooldowns },
});

export const serverless = servedBy({ kind: 'serverless', memoryMb: 2_048, maxConcurrency: 5 });

/** Scales in to zero without requests. */
export const asynchronous = servedBy({
  kind: 'asynchronous',
  instanceType: 'ml.m5.large',
  instanceCount: 1,
  concurrentPerInstance: 4,
  keepDays: 7,
  notify: 'all',
  scaling: { minInstances: 0, maxInstances: 2, backlogPerInstance: 5, ...cooldowns },
});

/** Without scaling; an earlier configuration may have had it. */
export const unscaledQueue = servedBy({
  ...(asynchronous.endpoint.serving as ServingOf<'asynchronous'>),
  scaling: null,
});

/** No endpoint: a transform job a run. */
export const batch = servedBy({
  kind: 'batch',
  instanceType: 'ml.m5.large',
  instanceCount: 1,
  prefix: 'batch/',
  concurrentPerInstance: 4,
  maxRuntimeMinutes: 60,
});

/** Training reads a file system in a private network. */
export const lustre: PipelineConfig = {
  ...dev,
  network: { zones: 2, cidr: '10.2.0.0/16' },
  training: {
    ...dev.training,
    input: { mode: 'FSxLustre', storageGb: 1_200, throughputPerTib: 125 },
  },
};

/** Stopped at night and on weekends. */
export const workingHours = servedBy(
  {
    ...realtime,
    scaling: scaled.endpoint.serving.kind === 'realtime' ? scaled.endpoint.serving.scaling : null,
  },
  {
    workingHours: {
      ...{ start: '08:00', stop: '18:00', timeZone: 'Europe/Berlin' },
      days: ['MON', 'TUE', 'WED', 'THU', 'FRI'],
    },
  },
);

/** Approval before each deployment. */
export const approval: PipelineConfig = {
  ...dev,
  approval: { days: 3, emails: ['lead@example.com', 'owner@example.com'] },
};

/** Transform jobs predict the holdout, and a program of its own scores the answers; all images are built. */
export const byTransform: PipelineConfig = {
  ...dev,
  programs: { ...dev.programs, evaluate: { folder: 'containers/inference', context: 'containers' } },
  splits: { header: false, label: 'last', contentType: 'text/csv' },
  evaluation: { ...dev.evaluation, instanceType: 'ml.m5.large' },
};

/** SageMaker's built-in XGBoost; the region is known when the stack is deployed. */
export const builtIn: PipelineConfig = {
  ...pipelineConfig('mlops', xgboost({ name: 'table', task: 'binary' }), devPlace),
  endpoint: dev.endpoint,
};

const image = (account: string, name: string) =>
  `${account}.dkr.ecr.${REGION}.amazonaws.com/${name}@sha256:${'a'.repeat(64)}`;

/** No image is built: two are of this account, one is of another. */
export const prebuilt: PipelineConfig = {
  ...dev,
  region: REGION,
  programs: {
    preprocess: { image: image('123456789012', 'ours/preprocess') },
    train: { image: image('123456789012', 'ours/train') },
    serve: { image: image('210987654321', 'theirs/serve') },
  },
};
