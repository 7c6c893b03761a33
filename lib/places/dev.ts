import type { PlaceConfig } from '../config';

/**
 * The team's first environment in AWS, at the lowest cost: it trains on CPU Spot, since a new account's quota for GPU
 * Spot is 0, and a serverless endpoint costs nothing without requests.
 */
export const dev: PlaceConfig = {
  environment: 'dev',
  retainData: true,
  logRetentionDays: 30,
  network: null,
  preprocessing: { instanceType: 'ml.t3.medium', maxRuntimeMinutes: 30 },
  training: {
    instanceType: 'ml.m5.large',
    instanceCount: 1,
    input: { mode: 'File' },
    maxRuntimeMinutes: 60,
    spot: { maxWaitMinutes: 120, onDemandFallback: true },
  },
  evaluation: { instanceType: 'ml.t3.medium', maxRuntimeMinutes: 30 },
  triggers: {
    // Sundays, so that a model is seldom older than a week.
    schedule: { expression: 'cron(0 3 ? * SUN *)', timeZone: 'UTC' },
    newData: { quietMinutes: 5, maxWaitMinutes: 60 },
    newCode: true,
    drift: { alarmNames: [] },
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
