import type { AutoRollbackConfig, CapacitySize, DeploymentConfig } from '@aws-sdk/client-sagemaker';
import type { PipelineConfig } from '../../config';
import { fixedStep, stepShare } from '../../config/deployment-steps';
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
  const { deployment, serving, timeoutMinutes } = endpoint;
  if (!guards(deployment)) return undefined;
  const rollback: AutoRollbackConfig = { Alarms: alarms.map((AlarmName) => ({ AlarmName })) };
  const timeout = Math.min(Math.max(timeoutMinutes * 60, MIN_TIMEOUT), MAX_TIMEOUT);
  // A number leaves no rounding to SageMaker, which is not documented; of scaled variants the number is not known.
  const step = fixedStep(serving, deployment);
  const size: CapacitySize =
    step === undefined
      ? { Type: 'CAPACITY_PERCENT', Value: stepShare(deployment)?.percent }
      : { Type: 'INSTANCE_COUNT', Value: step };
  if (deployment.strategy === 'rolling') {
    return {
      RollingUpdatePolicy: {
        MaximumBatchSize: size,
        WaitIntervalInSeconds: deployment.bakeSeconds,
        MaximumExecutionTimeoutInSeconds: timeout,
      },
      AutoRollbackConfiguration: rollback,
    };
  }
  return {
    BlueGreenUpdatePolicy: {
      TrafficRoutingConfiguration: routing(deployment, size),
      // "There is a final baking period" with all traffic on the new fleet (Developer Guide, "Use canary traffic
      // shifting"): for a rollback, the old fleet must outlive it.
      TerminationWaitInSeconds: deployment.bakeSeconds,
      MaximumExecutionTimeoutInSeconds: timeout,
    },
    AutoRollbackConfiguration: rollback,
  };
}

type BlueGreen = Extract<DeploymentStrategy, { strategy: 'allAtOnce' | 'canary' | 'linear' }>;

function routing({ strategy, bakeSeconds }: BlueGreen, size: CapacitySize) {
  const WaitIntervalInSeconds = bakeSeconds;
  switch (strategy) {
    case 'allAtOnce':
      return { Type: 'ALL_AT_ONCE' as const, WaitIntervalInSeconds };
    case 'canary':
      return { Type: 'CANARY' as const, CanarySize: size, WaitIntervalInSeconds };
    case 'linear':
      return { Type: 'LINEAR' as const, LinearStepSize: size, WaitIntervalInSeconds };
  }
}
