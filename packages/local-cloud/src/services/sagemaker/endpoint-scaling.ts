import type { DesiredWeightAndCapacity, ProductionVariant } from '@aws-sdk/client-sagemaker';
import { notSupported } from '../../model/errors';
import { everyVariant, scaleFleet, type Fleet, type VariantSize } from './endpoint-fleet';
import type { VariantHost } from './endpoint-variants';
import { validation } from './request-limits';

/** A request of UpdateEndpointWeightsAndCapacities, checked against the serving variants. */
export interface Resizing {
  /** True if the number of instances changes, which takes time; weights change at once. */
  instances: boolean;
  /** The sizes of all variants afterwards. */
  sizes: Record<string, VariantSize>;
}

/**
 * @param endpointArn for messages
 * @throws ServiceError ValidationException
 */
export function checkResizing(
  fleet: Fleet,
  endpointArn: string,
  wanted: readonly DesiredWeightAndCapacity[],
): Resizing {
  const sizes = { ...fleet.order.sizes };
  for (const { VariantName, DesiredWeight, DesiredInstanceCount, ServerlessUpdateConfig } of wanted) {
    if (ServerlessUpdateConfig) {
      throw notSupported('ServerlessUpdateConfig', 'Update the endpoint with another configuration.');
    }
    const variant = everyVariant(fleet).find(({ name }) => name === VariantName);
    if (!variant) throw validation(`Could not find variant "${VariantName}" of "${endpointArn}".`);
    if (DesiredInstanceCount !== undefined) checkCount(fleet, variant, DesiredInstanceCount);
    const before = sizes[variant.name]!;
    sizes[variant.name] = {
      instances: DesiredInstanceCount ?? before.instances,
      weight: DesiredWeight ?? before.weight,
    };
  }
  checkWeights(fleet.variants.map(({ name }) => sizes[name]!.weight));
  const instances = everyVariant(fleet).some(
    ({ name, instanceCount, variant }) =>
      !variant.ServerlessConfig && sizes[name]!.instances !== instanceCount,
  );
  return { instances, sizes };
}

/** Checks the weights of the variants that share an endpoint's requests: at least one must be positive. */
export function checkWeights(weights: readonly number[]): void {
  if (weights.some((weight) => weight > 0)) return;
  throw validation(
    `The weights of the production variants are all 0 ([${weights.join(', ')}]); at least one must be greater.`,
  );
}

/** Returns the fleet's order with other sizes; the containers stay the same. */
export async function resize(fleet: Fleet, { sizes }: Resizing, signal: AbortSignal): Promise<void> {
  for (const variant of everyVariant(fleet)) variant.weight = sizes[variant.name]!.weight;
  const before = fleet.order.sizes;
  fleet.order.sizes = sizes;
  try {
    await scaleFleet(fleet, 1, signal);
  } catch (error) {
    fleet.order.sizes = before;
    for (const variant of everyVariant(fleet)) variant.weight = before[variant.name]!.weight;
    await scaleFleet(fleet, 1, signal);
    throw error;
  }
}

function checkCount(fleet: Fleet, { name, variant }: VariantHost, count: number): void {
  if (variant.ServerlessConfig) {
    throw validation(`DesiredInstanceCount cannot be set for the serverless variant "${name}".`);
  }
  if (count === 0 && !fleet.order.config.AsyncInferenceConfig) {
    throw validation(
      `DesiredInstanceCount 0 of variant "${name}" is not allowed: only asynchronous endpoints can be without instances. Use 1 or more.`,
    );
  }
}

/** Returns the weights in a configuration; the default is 1. */
export function configuredWeights(variants: readonly ProductionVariant[]): number[] {
  return variants.map(({ InitialVariantWeight }) => InitialVariantWeight ?? 1);
}
