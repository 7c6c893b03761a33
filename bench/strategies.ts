import type { PipelineConfig } from '../lib/config';
import { local } from '../lib/config/local';
import type { DeploymentConfig } from '../lib/config/schema';

/** The guardrail strategies, with bakes as short as shows both fleets at work. */
export const STRATEGIES: Readonly<Record<DeploymentConfig['strategy'], DeploymentConfig>> = {
  allAtOnce: { strategy: 'allAtOnce', bakeSeconds: 10 },
  canary: { strategy: 'canary', canaryPercent: 50, bakeSeconds: 10 },
  linear: { strategy: 'linear', stepPercent: 25, bakeSeconds: 4 },
  rolling: { strategy: 'rolling', batchPercent: 50, bakeSeconds: 6 },
};

export type StrategyName = keyof typeof STRATEGIES;

/** The environment `local`, but for the strategy and an API that lets the load in. */
export function benchConfig(name: StrategyName): PipelineConfig {
  const [variant] = local.endpoint.variants;
  return {
    ...local,
    endpoint: {
      ...local.endpoint,
      // A batch is half of the instances, so there have to be two.
      variants: [{ ...variant!, instanceCount: name === 'rolling' ? 2 : 1 }],
      deployment: STRATEGIES[name],
      rollback: { errorsPerMinute: 1, latencyMs: 5_000 },
    },
    api: { rateLimit: 10_000, burstLimit: 5_000, dailyQuota: 1_000_000_000 },
  };
}
