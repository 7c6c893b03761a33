import type { DeploymentConfig, ServingConfig } from './schema';

/** The part of the instances that takes over at once. */
export interface StepShare {
  readonly field: 'canaryPercent' | 'stepPercent' | 'batchPercent';
  readonly percent: number;
  /** SageMaker's minimum, percent of a variant's instances; its maximum is half of them for every strategy. */
  readonly least: number;
}

/** Returns the part that a strategy moves at once; undefined for those that move everything. */
export function stepShare(deployment: DeploymentConfig): StepShare | undefined {
  switch (deployment.strategy) {
    case 'canary':
      return { field: 'canaryPercent', percent: deployment.canaryPercent, least: 0 };
    case 'linear':
      return { field: 'stepPercent', percent: deployment.stepPercent, least: 10 };
    case 'rolling':
      return { field: 'batchPercent', percent: deployment.batchPercent, least: 5 };
    default:
      return undefined;
  }
}

/**
 * Returns the whole instances that a step is: rounded down so that it is never more than half, but at least one, and not
 * below SageMaker's minimum.
 *
 * @param instances of the variant, 2 or more: one instance is more than half of one
 */
export function instancesPerStep({ percent, least }: StepShare, instances: number): number {
  const down = Math.max(1, Math.floor((percent * instances) / 100));
  return (down / instances) * 100 < least ? down + 1 : down;
}

/**
 * Returns the instances of a step, if all variants have one fixed number of instances; else undefined, and SageMaker
 * applies the percentage to the number that a variant has at that time.
 */
export function fixedStep(serving: ServingConfig, deployment: DeploymentConfig): number | undefined {
  const share = stepShare(deployment);
  const [count, ...others] = instanceCounts(serving);
  if (!share || count === undefined || others.length > 0) return undefined;
  return instancesPerStep(share, count);
}

/** Returns the number of waits of a deployment, each of `bakeSeconds`; the last one follows the last instance. */
export function waits(serving: ServingConfig, deployment: DeploymentConfig): number {
  const share = stepShare(deployment);
  // One for the canary; SageMaker counts both waits of `allAtOnce`.
  if (!share || deployment.strategy === 'canary') return 2;
  const steps = instanceCounts(serving).map((count) => Math.ceil(count / instancesPerStep(share, count)));
  return fixedStep(serving, deployment) === undefined
    ? Math.max(Math.ceil(100 / share.percent), ...steps)
    : steps[0]!;
}

/** Returns a fault for each variant that is too small for its strategy. */
export function stepFaults(serving: ServingConfig, deployment: DeploymentConfig): string[] {
  if (serving.kind !== 'realtime' || !stepShare(deployment)) return [];
  const why =
    'SageMaker moves at most half of the instances at once, so the strategy needs two; use 2 or more, or "allAtOnce"';
  const { strategy } = deployment;
  if (serving.scaling) {
    const { minInstances } = serving.scaling;
    return minInstances > 1
      ? []
      : [
          `endpoint.serving.scaling.minInstances is ${minInstances} with endpoint.deployment.strategy "${strategy}": ${why}`,
        ];
  }
  return serving.variants
    .filter(({ instanceCount }) => instanceCount < 2)
    .map(
      ({ name, instanceCount }) =>
        `instanceCount of variant "${name}" is ${instanceCount} with endpoint.deployment.strategy "${strategy}": ${why}`,
    );
}

/** Returns what a strategy's percentage means for the configured instances, in one sentence; undefined without one. */
export function stepText(serving: ServingConfig, deployment: DeploymentConfig): string | undefined {
  const share = stepShare(deployment);
  const counts = instanceCounts(serving);
  if (!share || counts.length === 0) return undefined;
  const parts = counts.map((count) => {
    const step = instancesPerStep(share, count);
    return `${step} of ${count} instances (${Math.round((step / count) * 100)} %)`;
  });
  const { bakeSeconds } = deployment;
  return (
    `endpoint.deployment.${share.field} ${share.percent} is ${parts.join(', ')} at once; alarms are watched for ` +
    `${bakeSeconds} s after each of ${waits(serving, deployment)} steps, the last with all traffic on the new model`
  );
}

/** Returns the different numbers of instances that a variant can have, in ascending order: of scaled ones, the limits. */
function instanceCounts(serving: ServingConfig): number[] {
  if (serving.kind !== 'realtime') return [];
  const { scaling, variants } = serving;
  const counts = scaling
    ? [scaling.minInstances, scaling.maxInstances]
    : variants.map(({ instanceCount }) => instanceCount);
  return [...new Set(counts)].sort((a, b) => a - b);
}
