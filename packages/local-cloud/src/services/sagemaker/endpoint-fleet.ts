import type {
  DataCaptureConfig,
  DescribeEndpointConfigOutput,
  ProductionVariant,
  ProductionVariantSummary,
} from '@aws-sdk/client-sagemaker';
import { ServerlessVariant } from './endpoint-serverless';
import { InstanceVariant, type VariantHost } from './endpoint-variants';
import type { SageMakerContext } from './state';

/** How large a variant shall be, and which share of the requests it gets beside the others. */
export interface VariantSize {
  instances: number;
  weight: number;
}

/** What a fleet shall be: a configuration, with what an update keeps of the endpoint as it was. */
export interface FleetOrder {
  endpointName: string;
  config: DescribeEndpointConfigOutput;
  /** By the name of the variant, shadow variants included. */
  sizes: Readonly<Record<string, VariantSize>>;
  capture: DataCaptureConfig | undefined;
}

/** Everything that runs for one configuration of an endpoint. */
export interface Fleet {
  /** What was asked for last; an update of capacities changes its sizes. */
  readonly order: FleetOrder;
  readonly variants: readonly VariantHost[];
  readonly shadow: VariantHost | undefined;
}

/** What `UpdateEndpoint` keeps of the endpoint as it is. */
export interface Kept {
  summaries: readonly ProductionVariantSummary[];
  instances: boolean;
  weights: boolean;
}

/** Sizes as the configuration says, except for what is kept of variants of the same name. */
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
 * Starts what an order asks for, and waits until every container answers `/ping`.
 *
 * @param share of the instances, in (0, 1]; at least one of each variant
 * @param signal gives up
 * @throws Error with the reason, as SageMaker shows it; everything that was started is stopped again
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

/** @param share of the instances that the order asks for, in (0, 1]; at least one, unless it asks for none */
export async function scaleFleet(fleet: Fleet, share: number, signal: AbortSignal): Promise<void> {
  for (const variant of everyVariant(fleet)) {
    const { instances } = fleet.order.sizes[variant.name]!;
    if (variant instanceof InstanceVariant) await variant.scaleTo(instancesOf(instances, share), signal);
  }
}

/** @returns whole instances; shares come from fractions of whole instances, but for the last bits */
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
