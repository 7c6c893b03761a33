import type { PipelineConfig } from './schema';

/** AWS Deep Learning Containers for training: no credentials needed, patched until 2027-07-20. */
export const BASE_IMAGES = {
  cpuBaseImage: 'public.ecr.aws/deep-learning-containers/pytorch:2.13-cpu-amzn2023-sagemaker',
  gpuBaseImage: 'public.ecr.aws/deep-learning-containers/pytorch:2.13-cu133-amzn2023-sagemaker',
} as const;

/**
 * The team's first environment in AWS, at the lowest cost: it trains on CPU Spot, since a new account's quota for GPU
 * Spot is 0, and a serverless endpoint costs nothing without requests.
 */
export const dev: PipelineConfig = {
  name: 'mlops',
  environment: 'dev',
  retainData: true,
  logRetentionDays: 30,
  network: null,
  data: {
    prefix: 'data/',
    schemaKey: 'schema/schema.json',
    maxShards: 4,
    keepSplitsDays: 30,
    validationFraction: 0.15,
    testFraction: 0.2,
  },
  preprocessing: { instanceType: 'ml.t3.medium', maxRuntimeMinutes: 30 },
  training: {
    instanceType: 'ml.m5.large',
    instanceCount: 1,
    input: { mode: 'File' },
    maxRuntimeMinutes: 60,
    spot: { maxWaitMinutes: 120, onDemandFallback: true },
    ...BASE_IMAGES,
  },
  evaluation: { instanceType: 'ml.t3.medium', maxRuntimeMinutes: 30 },
  triggers: {
    // Sundays, so that a model is seldom older than a week.
    schedule: { expression: 'cron(0 3 ? * SUN *)', timeZone: 'UTC' },
    newData: { quietMinutes: 5, maxWaitMinutes: 60 },
    newCode: true,
    drift: { alarmNames: [] },
  },
  hyperparameters: {},
  gate: {
    // Chosen by the data: accuracy of at least 0.85, average precision where a class is rare, R² of numbers.
    metrics: null,
    confidence: 0.95,
    resamples: 2_000,
    trainingTolerance: 0.001,
  },
  approval: null,
  endpoint: {
    serving: { kind: 'serverless', memoryMb: 2_048, maxConcurrency: 5 },
    dataCapturePercent: 0,
    keepCaptureDays: 90,
    pollSeconds: 30,
    timeoutMinutes: 30,
    deployment: { strategy: 'allAtOnce', bakeSeconds: 0 },
    rollback: null,
    workingHours: null,
    keepModels: 5,
  },
  api: { rateLimit: 50, burstLimit: 100, dailyQuota: 100_000 },
  alarms: { errorsPerFiveMinutes: 5, latencyMs: 2_000 },
  notifications: { emails: [] },
};
