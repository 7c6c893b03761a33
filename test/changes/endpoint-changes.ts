import type { PipelineConfig, VariantConfig } from '../../lib/config';
import type { DeploymentConfig, ServingConfig } from '../../lib/config/schema';
import { change, to, together, within, type Change, type Edit } from './change';

/** Changes of the endpoint. */

const COOLDOWNS = { scaleInCooldownSeconds: 100, scaleOutCooldownSeconds: 50 };
const OTHER_COOLDOWNS = { scaleInCooldownSeconds: 200, scaleOutCooldownSeconds: 60 };

/** Another kind of serving, with what it allows. */
const served = (serving: ServingConfig, more: Partial<PipelineConfig['endpoint']> = {}): Edit =>
  together(
    within('endpoint', {
      serving,
      dataCapturePercent: 0,
      deployment: { strategy: 'allAtOnce', bakeSeconds: 0 },
      rollback: null,
      ...more,
    }),
    ...(serving.kind === 'serverless' ? [to({ network: null })] : []),
  );

const variant = (fields: Partial<VariantConfig> = {}): VariantConfig => ({
  ...{ name: 'primary', instanceType: 'ml.m5.large', instanceCount: 2, weight: 1 },
  ...fields,
});
const instances = (variants: readonly VariantConfig[], scaling: object | null = null): Edit =>
  served({ kind: 'realtime', variants, scaling } as ServingConfig);

const REALTIME_SCALING = { minInstances: 1, maxInstances: 4, invocationsPerInstance: 600, ...COOLDOWNS };
const ASYNC_SCALING = { minInstances: 0, maxInstances: 2, backlogPerInstance: 5, ...COOLDOWNS };

const ASYNCHRONOUS = {
  ...({ kind: 'asynchronous', instanceType: 'ml.m5.large', instanceCount: 1 } as const),
  ...({ concurrentPerInstance: 4, keepDays: 7, notify: 'all', scaling: ASYNC_SCALING } as const),
};

const BATCH = {
  ...({ kind: 'batch', instanceType: 'ml.m5.large', instanceCount: 1, prefix: 'batch/' } as const),
  ...{ concurrentPerInstance: 4, maxRuntimeMinutes: 60 },
};

const deployed = (deployment: DeploymentConfig): Edit =>
  together(
    instances([variant()]),
    within('endpoint', { deployment, timeoutMinutes: 400, rollback: { errorsPerMinute: 5, latencyMs: 500 } }),
  );
const strategies = (...both: readonly DeploymentConfig[]): Edit[] => both.map(deployed);

const HOURS = { start: '08:00', stop: '18:00', days: ['MON', 'TUE'], timeZone: 'UTC' } as const;

export const endpointChanges: readonly Change[] = [
  change('endpoint.serving: instances', [
    instances([variant()]),
    instances([variant({ name: 'main', instanceType: 'ml.c5.large', instanceCount: 3, weight: 2 })]),
    instances([variant(), variant({ name: 'second' })]),
  ]),
  change('endpoint.serving: scaled instances', [
    instances([variant()], REALTIME_SCALING),
    instances([variant()], {
      minInstances: 2,
      maxInstances: 5,
      invocationsPerInstance: 500,
      ...OTHER_COOLDOWNS,
    }),
    instances([variant()]),
  ]),
  change('endpoint.serving: serverless', [
    served({ kind: 'serverless', memoryMb: 4_096, maxConcurrency: 10 }),
    served({ kind: 'serverless', memoryMb: 2_048, maxConcurrency: 20 }),
  ]),
  change('endpoint.serving: asynchronous', [
    served(ASYNCHRONOUS),
    served({
      ...({ kind: 'asynchronous', instanceType: 'ml.c5.large', instanceCount: 2 } as const),
      ...({ concurrentPerInstance: 8, keepDays: 14, notify: 'failures' } as const),
      scaling: { minInstances: 1, maxInstances: 3, backlogPerInstance: 6, ...OTHER_COOLDOWNS },
    }),
    served({ ...ASYNCHRONOUS, scaling: null }),
  ]),
  change('endpoint.serving: batch', [
    served(BATCH),
    served({
      ...({ kind: 'batch', instanceType: 'ml.c5.xlarge', instanceCount: 2, prefix: 'others/' } as const),
      ...{ concurrentPerInstance: 8, maxRuntimeMinutes: 90 },
    }),
  ]),
  change('endpoint: capture, times, kept models', [
    together(
      instances([variant()]),
      within('endpoint', {
        ...{ dataCapturePercent: 50, keepCaptureDays: 30, pollSeconds: 20 },
        ...{ timeoutMinutes: 90, keepModels: 7 },
      }),
    ),
  ]),
  change('endpoint.deployment: all at once, canary, linear', [
    ...strategies(
      { strategy: 'allAtOnce', bakeSeconds: 60 },
      { strategy: 'allAtOnce', bakeSeconds: 120 },
      { strategy: 'canary', canaryPercent: 10, bakeSeconds: 60 },
      { strategy: 'canary', canaryPercent: 20, bakeSeconds: 120 },
      { strategy: 'linear', stepPercent: 50, bakeSeconds: 60 },
      { strategy: 'linear', stepPercent: 40, bakeSeconds: 120 },
    ),
  ]),
  change('endpoint.deployment: rolling, with a challenger', [
    ...strategies(
      { strategy: 'rolling', batchPercent: 50, bakeSeconds: 60 },
      { strategy: 'rolling', batchPercent: 40, bakeSeconds: 120 },
      { strategy: 'abTest', challengerPercent: 10, bakeSeconds: 60 },
      { strategy: 'abTest', challengerPercent: 20, bakeSeconds: 120 },
      { strategy: 'shadow', copyPercent: 100, bakeSeconds: 60, observeSeconds: 3_600 },
      { strategy: 'shadow', copyPercent: 50, bakeSeconds: 120, observeSeconds: 7_200 },
    ),
  ]),
  change('endpoint.rollback', [
    together(
      instances([variant()]),
      within('endpoint', { rollback: { errorsPerMinute: 5, latencyMs: 500 } }),
    ),
    within('endpoint', { rollback: { errorsPerMinute: 6, latencyMs: 600 } }),
  ]),
  change('endpoint.workingHours', [
    together(instances([variant()]), within('endpoint', { workingHours: HOURS })),
    within('endpoint', {
      workingHours: { start: '09:00', stop: '17:00', days: ['WED'], timeZone: 'Europe/Berlin' },
    }),
  ]),
];
