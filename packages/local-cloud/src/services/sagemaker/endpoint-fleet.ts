import type {
  DataCaptureConfig,
  DescribeEndpointConfigOutput,
  ProductionVariant,
  ProductionVariantSummary,
} from '@aws-sdk/client-sagemaker';
import { ServerlessVariant } from './endpoint-serverless';
import { InstanceVariant, type VariantHost } from './endpoint-variants';
import type { SageMakerContext } from './state';

/** The target size of a variant, and its share of the requests relative to the other variants. */
export interface VariantSize {
  instances: number;
  weight: number;
}

/** The target state of a fleet: a configuration, and the properties that an update retains. */
export interface FleetOrder {
  endpointName: string;
  config: DescribeEndpointConfigOutput;
  /** By variant name, including shadow variants. */
  sizes: Readonly<Record<string, VariantSize>>;
  capture: DataCaptureConfig | undefined;
}

/** All running containers for one configuration of an endpoint. */
export interface Fleet {
  /** The last requested state; an update of capacities changes its sizes. */
  readonly order: FleetOrder;
  readonly variants: readonly VariantHost[];
  readonly shadow: VariantHost | undefined;
}

/** The properties of the current endpoint that `UpdateEndpoint` retains. */
export interface Kept {
  summaries: readonly ProductionVariantSummary[];
  instances: boolean;
  weights: boolean;
}

/** Returns the sizes in the configuration, except for retained properties of variants of the same name. */
export function fleetSizes(
  { ProductionVariants = [], ShadowProductionVariants = [] }: DescribeEndpointConfigOutput,
  kept?: Kept,
): Record<string, VariantSize> {
  const size = (variant: ProductionVariant): [string, VariantSize] => {
    const before = kept?.summaries.find(({ VariantName }) => VariantName === variant.VariantName);
    const instances = kept?.instances ? before?.DesiredInstanceCount : undefined;
    const weight = kept?.weights ? before?.DesiredWeight : undefined;
    return [
      variant.VariantName!,
      {
        instances: instances ?? variant.InitialInstanceCount ?? 0,
        weight: weight ?? variant.InitialVariantWeight ?? 1,
      },
    ];
  };
  return Object.fromEntries([...ProductionVariants, ...ShadowProductionVariants].map(size));
}

/**
 * Starts the variants of an order, and waits until every container answers `/ping`.
 *
 * @param share of the instances, in (0, 1]; at least one of each variant
 * @param signal aborts
 * @throws Error with the reason, as SageMaker shows it; all started containers are stopped again
 */
export async function startFleet(
  context: SageMakerContext,
  order: FleetOrder,
  share: number,
  signal: AbortSignal,
): Promise<Fleet> {
  const { ProductionVariants = [], ShadowProductionVariants = [] } = order.config;
  const host = (variant: ProductionVariant) => makeVariant(context, order, variant);
  const [shadow] = ShadowProductionVariants.map(host);
  const fleet: Fleet = { order, variants: ProductionVariants.map(host), shadow };
  try {
    await scaleFleet(fleet, share, signal);
    for (const variant of fleet.variants) {
      if (variant instanceof ServerlessVariant) await variant.prove(signal);
    }
    return fleet;
  } catch (error) {
    await stopFleet(fleet);
    throw error;
  }
}

/** @param share of the ordered instances, in (0, 1]; at least one, unless the order has none */
export async function scaleFleet(fleet: Fleet, share: number, signal: AbortSignal): Promise<void> {
  for (const variant of everyVariant(fleet)) {
    const { instances } = fleet.order.sizes[variant.name]!;
    if (variant instanceof InstanceVariant) await variant.scaleTo(instancesOf(instances, share), signal);
  }
}

/** Returns whole instances. A share comes from whole instances, so the subtraction cancels its rounding error. */
export function instancesOf(instances: number, share: number): number {
  return instances === 0 ? 0 : Math.max(1, Math.ceil(instances * share - 1e-9));
}

export async function stopFleet(fleet: Fleet): Promise<void> {
  await Promise.all(everyVariant(fleet).map((variant) => variant.stop()));
}

export function everyVariant({ variants, shadow }: Fleet): VariantHost[] {
  return shadow ? [...variants, shadow] : [...variants];
}

function makeVariant(context: SageMakerContext, order: FleetOrder, variant: ProductionVariant): VariantHost {
  const model = context.state.models[variant.ModelName!];
  if (!model) throw new Error(`Could not find model "${variant.ModelName}".`);
  const { weight } = order.sizes[variant.VariantName!]!;
  const what = { endpointName: order.endpointName, variant, model, weight };
  return variant.ServerlessConfig ? new ServerlessVariant(context, what) : new InstanceVariant(context, what);
}
