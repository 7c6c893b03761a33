import type { CapacitySize, DeploymentConfig, RollingUpdatePolicy } from '@aws-sdk/client-sagemaker';

/** One step of a deployment: start instances, shift traffic, watch alarms, stop instances. */
export interface DeploymentStep {
  /** Share of the new fleet's instances that run from this step on, in (0, 1]. */
  launched: number;
  /** Share of the requests that the new fleet gets from this step on, in (0, 1]. */
  traffic: number;
  /** Seconds to watch the alarms afterwards. */
  bakeSeconds: number;
  /** The setting of this time, as SageMaker's messages name it. */
  bakeSetting: 'WaitIntervalInSeconds' | 'TerminationWaitInSeconds';
  /** The serving capacity, as SageMaker's messages name it. */
  capacity: string;
  /** Share of the old fleet's instances that are kept after the step, in [0, 1]. */
  kept: number;
}

/**
 * Returns the steps from the old fleet to the new one. Sources: "Blue/Green Deployments" and "Use rolling deployments"
 * in the SageMaker Developer Guide.
 *
 * @param instances of each variant of the new fleet; the smallest number, if they differ
 */
export function deploymentSteps(
  { BlueGreenUpdatePolicy: blueGreen, RollingUpdatePolicy: rolling }: DeploymentConfig,
  instances: number,
): DeploymentStep[] {
  if (rolling) return rollingSteps(rolling, instances);
  const { TrafficRoutingConfiguration: routing, TerminationWaitInSeconds = 0 } = blueGreen ?? {};
  const sizes = { CANARY: routing?.CanarySize, LINEAR: routing?.LinearStepSize, ALL_AT_ONCE: undefined };
  const size = sizes[routing?.Type ?? 'ALL_AT_ONCE'];
  const parts = size ? shares(wholeShare(size, instances)) : [];
  // A canary is one step; the next step shifts all traffic.
  const partial = routing?.Type === 'CANARY' ? parts.slice(0, 1) : parts.slice(0, -1);
  const steps = partial.map((traffic): DeploymentStep => {
    const kind = routing?.Type === 'CANARY' ? 'canary' : 'partial';
    return {
      launched: 1,
      traffic,
      bakeSeconds: routing?.WaitIntervalInSeconds ?? 0,
      bakeSetting: 'WaitIntervalInSeconds',
      capacity: `${kind} capacity of ${Math.round(traffic * instances)} instance(s)`,
      kept: 1,
    };
  });
  return [
    ...steps,
    {
      launched: 1,
      traffic: 1,
      bakeSeconds: TerminationWaitInSeconds,
      bakeSetting: 'TerminationWaitInSeconds',
      capacity: `full capacity of ${instances} instance(s)`,
      kept: 0,
    },
  ];
}

/**
 * Returns the steps back to the old fleet after an alarm.
 *
 * @param traffic share of the requests that the new fleet has
 * @returns that share after each step; the last one is 0
 */
export function rollbackSteps(
  { RollingUpdatePolicy: rolling }: DeploymentConfig,
  instances: number,
  traffic: number,
): number[] {
  const size = rolling?.RollbackMaximumBatchSize;
  if (!size) return [0];
  return shares(wholeShare(size, instances))
    .map((back) => Math.max(0, traffic - back))
    .filter((left, index, all) => left > 0 || all.indexOf(0) === index);
}

/** Returns the total of a deployment's waits in seconds. */
export function waitSeconds(steps: readonly DeploymentStep[]): number {
  return steps.reduce((sum, { bakeSeconds }) => sum + bakeSeconds, 0);
}

/** @returns the share of a variant's instances, in (0, ∞) */
export function shareOf({ Type, Value }: CapacitySize, instances: number): number {
  return Type === 'INSTANCE_COUNT' ? Value! / instances : Value! / 100;
}

function rollingSteps(
  { MaximumBatchSize, WaitIntervalInSeconds = 0 }: RollingUpdatePolicy,
  instances: number,
): DeploymentStep[] {
  return shares(wholeShare(MaximumBatchSize!, instances)).map((part) => ({
    launched: part,
    traffic: part,
    bakeSeconds: WaitIntervalInSeconds,
    bakeSetting: 'WaitIntervalInSeconds',
    capacity: `batch capacity of ${Math.round(part * instances)} instance(s)`,
    kept: 1 - part,
  }));
}

/** Returns the share of whole instances, at least one. SageMaker's rounding of percentages is not documented. */
export function wholeShare(size: CapacitySize, instances: number): number {
  const batch = size.Type === 'INSTANCE_COUNT' ? size.Value! : Math.floor((size.Value! * instances) / 100);
  return Math.max(1, Math.min(batch, instances)) / instances;
}

/** Returns `step`, 2 × `step` … and 1 at the end. */
function shares(step: number): number[] {
  const count = Math.ceil(1 / step - 1e-9);
  return Array.from({ length: count }, (_, index) => (index + 1 === count ? 1 : (index + 1) * step));
}
