import { NO_TRIGGERS, pipelineConfig, type PipelineConfig } from '../lib/config';
import { local as place, table } from '../lib';

import type { DeploymentConfig, ServingOf } from '../lib/config/schema';

const local = pipelineConfig('mlops', table, place);

/** Every strategy, with bakes just long enough to show both fleets in service. */
export const STRATEGIES: Readonly<Record<DeploymentConfig['strategy'], DeploymentConfig>> = {
  allAtOnce: { strategy: 'allAtOnce', bakeSeconds: 10 },
  canary: { strategy: 'canary', canaryPercent: 50, bakeSeconds: 10 },
  linear: { strategy: 'linear', stepPercent: 25, bakeSeconds: 4 },
  rolling: { strategy: 'rolling', batchPercent: 50, bakeSeconds: 6 },
  abTest: { strategy: 'abTest', challengerPercent: 50, bakeSeconds: 10 },
  shadow: { strategy: 'shadow', copyPercent: 100, bakeSeconds: 10, observeSeconds: 60 },
};

export type StrategyName = keyof typeof STRATEGIES;

/** Returns the environment `local` with the strategy and an API that admits the load. */
export function benchConfig(name: StrategyName): PipelineConfig {
  const serving = local.endpoint.serving as ServingOf<'realtime'>;
  // A step is at most half of the instances, so there must be two.
  const instanceCount = ['canary', 'linear', 'rolling'].includes(name) ? 2 : 1;
  return {
    ...local,
    triggers: NO_TRIGGERS,
    endpoint: {
      ...local.endpoint,
      serving: { ...serving, variants: [{ ...serving.variants[0]!, instanceCount }] },
      deployment: STRATEGIES[name],
      rollback: { errorsPerMinute: 1, latencyMs: 5_000 },
    },
    api: { ...local.api, rateLimit: 10_000, burstLimit: 5_000, dailyQuota: 1_000_000_000 },
  };
}
