import { prod } from './prod';
import { UNASSIGNED } from '../config/environment-rules';
import type { PlaceConfig } from '../config';

/**
 * Environment where a change is tried before `prod`: the same in everything that can fail, on CPU and without triggers
 * that cost.
 */
export const stage: PlaceConfig = {
  ...prod,
  environment: 'stage',
  account: UNASSIGNED,
  logRetentionDays: 90,
  network: { zones: 2, cidr: '10.41.0.0/16' },
  training: {
    ...prod.training,
    instanceType: 'ml.m5.xlarge',
    maxRuntimeMinutes: 120,
    spot: { maxWaitMinutes: 240, onDemandFallback: true },
  },
  triggers: { ...prod.triggers, schedule: null },
  endpoint: { ...prod.endpoint, keepModels: 5 },
  api: { rateLimit: 50, burstLimit: 100, dailyQuota: 100_000 },
};
