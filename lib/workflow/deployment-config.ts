import type { AutoRollbackConfig, DeploymentConfig } from '@aws-sdk/client-sagemaker';
import type { PipelineConfig } from '../config';
import type { DeploymentConfig as DeploymentStrategy } from '../config/schema';
import { guards } from '../config/serving-rules';

/** SageMaker's limits for the whole of a deployment, in seconds. */
const MIN_TIMEOUT = 600;
const MAX_TIMEOUT = 28_800;

/**
 * SageMaker's deployment guardrails for the configured strategy; none where an update has nothing to watch: it then
 * moves all traffic as soon as the new fleet answers.
 *
 * @param alarms names of what rolls it back
 */
export function deploymentConfig(
  { endpoint }: PipelineConfig,
  alarms: readonly string[],
): DeploymentConfig | undefined {
  const { deployment, timeoutMinutes } = endpoint;
  if (!guards(deployment)) return undefined;
  const rollback: AutoRollbackConfig = { Alarms: alarms.map((AlarmName) => ({ AlarmName })) };
  const timeout = Math.min(Math.max(timeoutMinutes * 60, MIN_TIMEOUT), MAX_TIMEOUT);
  if (deployment.strategy === 'rolling') {
    return {
      RollingUpdatePolicy: {
        MaximumBatchSize: { Type: 'CAPACITY_PERCENT', Value: deployment.batchPercent },
        WaitIntervalInSeconds: deployment.bakeSeconds,
        MaximumExecutionTimeoutInSeconds: timeout,
      },
      AutoRollbackConfiguration: rollback,
    };
  }
  return {
    BlueGreenUpdatePolicy: {
      TrafficRoutingConfiguration: routing(deployment),
      // Nothing comes after the one step of allAtOnce: the old fleet has to outlive the bake for a way back.
      TerminationWaitInSeconds: deployment.strategy === 'allAtOnce' ? deployment.bakeSeconds : 0,
      MaximumExecutionTimeoutInSeconds: timeout,
    },
    AutoRollbackConfiguration: rollback,
  };
}

type BlueGreen = Extract<DeploymentStrategy, { strategy: 'allAtOnce' | 'canary' | 'linear' }>;

function routing(deployment: BlueGreen) {
  const WaitIntervalInSeconds = deployment.bakeSeconds;
  switch (deployment.strategy) {
    case 'allAtOnce':
      return { Type: 'ALL_AT_ONCE' as const, WaitIntervalInSeconds };
    case 'canary':
      return {
        Type: 'CANARY' as const,
        CanarySize: { Type: 'CAPACITY_PERCENT' as const, Value: deployment.canaryPercent },
        WaitIntervalInSeconds,
      };
    case 'linear':
      return {
        Type: 'LINEAR' as const,
        LinearStepSize: { Type: 'CAPACITY_PERCENT' as const, Value: deployment.stepPercent },
        WaitIntervalInSeconds,
      };
  }
}
