import type { PipelineConfig } from '../../../lib/config';
import { dev } from './synthesis';

/** Configurations that a team would try next, each one value away from `dev`, or a few. */
export const onGpu: PipelineConfig = { ...dev, training: { ...dev.training, instanceType: 'ml.g5.xlarge' } };

export const onDemand: PipelineConfig = { ...dev, training: { ...dev.training, spot: null } };

export const spotOnly: PipelineConfig = {
  ...dev,
  training: { ...dev.training, spot: { maxWaitMinutes: 90, onDemandFallback: false } },
};

/** A/B, without data capture, one of the variants on local disks. */
export const twoVariants: PipelineConfig = {
  ...dev,
  endpoint: {
    ...dev.endpoint,
    dataCapturePercent: 0,
    variants: [
      { name: 'primary', instanceType: 'ml.m5.large', instanceCount: 2, weight: 9 },
      { name: 'gpu', instanceType: 'ml.g4dn.xlarge', instanceCount: 1, weight: 1 },
    ],
  },
};

/** Ten percent first, watched by alarms. */
export const canary: PipelineConfig = {
  ...dev,
  endpoint: {
    ...dev.endpoint,
    deployment: { strategy: 'canary', canaryPercent: 10, bakeSeconds: 300 },
    rollback: { errorsPerMinute: 5, latencyMs: 250 },
  },
};

/** A person's word before each deployment. */
export const approval: PipelineConfig = {
  ...dev,
  approval: { days: 3, emails: ['lead@example.com', 'owner@example.com'] },
};
