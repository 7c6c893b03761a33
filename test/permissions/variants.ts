import type { PipelineConfig } from '../../lib/config';
import { local } from '../support/configs';
import { standIn } from '../support/stand-in';
import type { ServingConfig, ServingOf } from '../../lib/config/schema';
import { withFileSystem } from '../runs/with-file-system';
import { APPROVAL_SCENARIOS } from './approval-scenarios';
import { ASYNC_SCENARIOS, UNSCALED_SCENARIOS } from './async-scenarios';
import { BATCH_SCENARIOS } from './batch-scenarios';
import { FILE_SYSTEM_SCENARIOS } from './file-system-scenarios';
import {
  FUNCTION_TRACES,
  JOB_LOG_GROUPS,
  MODEL_LOGS,
  OTHER_BUILDS,
  NETWORK,
  PREDICTION_METRICS,
  UNEXERCISED,
  WORKING_HOURS_DEAD_LETTERS,
  type Unexercised,
} from './reviewed';
import { SCENARIOS, type Scenario } from './scenarios';
import { SHADOW_SCENARIOS } from './shadow-scenarios';
import { TRANSFORM_SCENARIOS } from './transform-scenarios';
import { NEVER, WORKING_HOURS_SCENARIOS } from './working-hours-scenarios';

/** A configuration whose grants are tested on its own local clouds. */
export interface Variant {
  readonly name: string;
  /** Undefined: the `local` environment. */
  readonly config?: PipelineConfig;
  readonly scenarios: readonly Scenario[];
  /** The scenario that deploys a champion. */
  readonly first: Scenario;
  /** Permissions that no run on this machine can need. */
  readonly unexercised: readonly Unexercised[];
  /** Minimum number of tested grants; fewer mean that the test is wrong. */
  readonly least: number;
}

export const DEFAULT: Variant = {
  name: 'the local environment',
  scenarios: SCENARIOS,
  first: SCENARIOS.find(({ name }) => name === 'the first run')!,
  unexercised: UNEXERCISED,
  least: 150,
};

const realtime = local.endpoint.serving as ServingOf<'realtime'>;
const cooldowns = { scaleInCooldownSeconds: 300, scaleOutCooldownSeconds: 60 };
const queue = (scaling: ServingOf<'asynchronous'>['scaling']): ServingConfig => ({
  ...{ kind: 'asynchronous', instanceType: 'ml.m5.large', instanceCount: 1 },
  ...{ concurrentPerInstance: 4, keepDays: 7, notify: 'all', scaling },
});

const withEndpoint = (endpoint: Partial<PipelineConfig['endpoint']>): PipelineConfig => ({
  ...local,
  endpoint: { ...local.endpoint, ...endpoint },
});
const served = (serving: ServingConfig) => withEndpoint({ serving, dataCapturePercent: 0 });
/** Thresholds that no scenario reaches: only the watching of alarms is tested. */
const rollback = { errorsPerMinute: 1_000, latencyMs: 60_000 };

/**
 * Only grants that no earlier variant has are tested. The list is the smallest that has every grant: other kinds of serving
 * and strategies have no additional ones.
 */
export const VARIANTS: readonly Variant[] = [
  {
    name: 'approval and a canary',
    config: {
      ...withEndpoint({
        ...{ rollback, deployment: { strategy: 'canary', canaryPercent: 50, bakeSeconds: 1 } },
        serving: { ...realtime, variants: [{ ...realtime.variants[0]!, instanceCount: 2 }] },
      }),
      approval: { days: 1, emails: ['approver@example.com'] },
    },
    scenarios: APPROVAL_SCENARIOS,
    unexercised: [FUNCTION_TRACES],
    least: 28,
  },
  {
    name: 'a shadow and scaling',
    config: withEndpoint({
      rollback,
      deployment: { strategy: 'shadow', copyPercent: 100, bakeSeconds: 1, observeSeconds: 60 },
      serving: {
        ...realtime,
        scaling: { minInstances: 1, maxInstances: 2, invocationsPerInstance: 600, ...cooldowns },
      },
    }),
    scenarios: SHADOW_SCENARIOS,
    unexercised: [FUNCTION_TRACES],
    least: 20,
  },
  {
    name: 'asynchronous',
    config: served(queue({ minInstances: 0, maxInstances: 2, backlogPerInstance: 5, ...cooldowns })),
    scenarios: ASYNC_SCENARIOS,
    unexercised: [],
    least: 18,
  },
  {
    name: 'asynchronous without scaling',
    config: served(queue(null)),
    scenarios: UNSCALED_SCENARIOS,
    unexercised: [],
    least: 0,
  },
  {
    name: 'batch',
    config: served({
      ...{ kind: 'batch', instanceType: 'ml.m5.large', instanceCount: 1, prefix: 'batch/' },
      ...{ concurrentPerInstance: 2, maxRuntimeMinutes: 10 },
    }),
    scenarios: BATCH_SCENARIOS,
    unexercised: [FUNCTION_TRACES, JOB_LOG_GROUPS, MODEL_LOGS],
    least: 15,
  },
  {
    name: 'evaluation by batch transform',
    config: standIn,
    scenarios: TRANSFORM_SCENARIOS,
    unexercised: [JOB_LOG_GROUPS, MODEL_LOGS, OTHER_BUILDS, PREDICTION_METRICS],
    least: 20,
  },
  {
    name: 'a private network and a file system',
    config: withFileSystem,
    scenarios: FILE_SYSTEM_SCENARIOS,
    unexercised: NETWORK,
    least: 60,
  },
  {
    name: 'working hours',
    config: { ...local, endpoint: { ...local.endpoint, workingHours: NEVER } },
    scenarios: WORKING_HOURS_SCENARIOS,
    unexercised: [FUNCTION_TRACES, WORKING_HOURS_DEAD_LETTERS],
    least: 15,
  },
].map((variant) => ({ ...variant, first: variant.scenarios.at(-1)! }));
