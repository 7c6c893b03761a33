import type { AutoRollbackConfig, DeploymentConfig } from '@aws-sdk/client-sagemaker';
import type { PipelineConfig } from '../../config';
import type { DeploymentConfig as DeploymentStrategy } from '../../config/schema';
import { guards } from '../../config/serving-rules';

/** SageMaker's limits for the duration of a deployment, in seconds. */
const MIN_TIMEOUT = 600;
const MAX_TIMEOUT = 28_800;

/**
 * Returns SageMaker's deployment guardrails for the configured strategy; undefined where no alarm is watched: an update
 * then shifts all traffic as soon as the new fleet answers.
 *
 * @param alarms names of the alarms that roll it back
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
      // allAtOnce has no second step: for a rollback, the old fleet must outlive the bake.
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
