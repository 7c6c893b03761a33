import { dev } from './dev';
import { UNASSIGNED } from '../config/environment-rules';
import type { PlaceConfig } from '../config';

/**
 * The environment that others rely on: trained on a GPU, served by two instances in two zones, deployed to a tenth of
 * the capacity first, without a route to the internet. Check the quotas before the first run: docs/configuration.md.
 */
export const prod: PlaceConfig = {
  ...dev,
  environment: 'prod',
  account: UNASSIGNED,
  region: 'eu-west-1',
  logRetentionDays: 365,
  network: { zones: 2, cidr: '10.40.0.0/16' },
  training: {
    ...dev.training,
    instanceType: 'ml.g5.xlarge',
    maxRuntimeMinutes: 240,
    spot: { maxWaitMinutes: 480, onDemandFallback: true },
  },
  triggers: { ...dev.triggers, newData: { quietMinutes: 30, maxWaitMinutes: 360 } },
  // A person approves each model; replace the address, without which your account is refused.
  approval: { days: 3, emails: ['approver@example.com'] },
  endpoint: {
    ...dev.endpoint,
    serving: {
      kind: 'realtime',
      // SageMaker spreads a variant's instances over zones: two survive the loss of one.
      variants: [{ name: 'primary', instanceType: 'ml.c5.large', instanceCount: 2, weight: 1 }],
      scaling: null,
    },
    dataCapturePercent: 10,
    timeoutMinutes: 60,
    // CloudWatch has one data point per minute: ten of them judge the new model.
    deployment: { strategy: 'canary', canaryPercent: 10, bakeSeconds: 600 },
    rollback: { errorsPerMinute: 5, latencyMs: 500 },
    keepModels: 10,
  },
  api: { rateLimit: 200, burstLimit: 400, dailyQuota: 5_000_000 },
};
