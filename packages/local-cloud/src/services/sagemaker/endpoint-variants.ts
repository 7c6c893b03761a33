import type { DescribeModelOutput, ProductionVariant, VpcConfig } from '@aws-sdk/client-sagemaker';
import { ServiceError } from '../../model/errors';
import { networkOf } from '../ec2/networks';
import { keepRunning } from './endpoint-restarts';
import { wasNeverSent, type Invocation, type ServingAnswer } from './serving-client';
import { ServingProcess } from './serving-process';
import type { SageMakerContext } from './state';

/** The inputs of a variant. */
export interface VariantOrder {
  endpointName: string;
  variant: ProductionVariant;
  model: DescribeModelOutput;
  weight: number;
}

/** A request reached a variant that is scaled to zero; no container received it. */
export class NoInstances extends ServiceError {
  constructor(variant: string) {
    super('ServiceUnavailable', `Variant ${variant} has no instances.`, { status: 503 });
  }
}

/** A variant that serves requests. */
export interface VariantHost {
  readonly name: string;
  /** The variant in the endpoint configuration. */
  readonly variant: ProductionVariant;
  /** The role that its containers use. */
  readonly roleArn: string;
  /** The network of its instances. */
  readonly vpcConfig?: VpcConfig;
  /** The current size; an update of weights changes it without new containers. */
  weight: number;
  /** Running instances; always 0 for serverless variants. */
  readonly instanceCount: number;
  /** True if it can take requests. */
  readonly available: boolean;
  /** @throws the connection's error, or ServiceError if there is no capacity for the request */
  invoke(request: Invocation): Promise<ServingAnswer>;
  /** Ends the containers after their last responses. */
  stop(): Promise<void>;
}

/** A variant on instances: one container for each, used in turn. A container that ends is restarted. */
export class InstanceVariant implements VariantHost {
  readonly name: string;
  readonly variant: ProductionVariant;
  readonly roleArn: string;
  readonly vpcConfig: VpcConfig | undefined;
  weight: number;
  private instances: ServingProcess[] = [];
  private readonly leaving = new Set<Promise<void>>();
  private readonly kept = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private next = 0;

  constructor(
    private readonly context: SageMakerContext,
    private readonly order: VariantOrder,
  ) {
    this.name = order.variant.VariantName!;
    this.variant = order.variant;
    this.roleArn = order.model.ExecutionRoleArn!;
    this.vpcConfig = order.model.VpcConfig;
    this.weight = order.weight;
  }

  get instanceCount(): number {
    return this.instances.length;
  }

  get available(): boolean {
    return this.instances.length > 0;
  }

  /**
   * Changes the number of instances. New instances get requests when all of them answer pings; removed instances get no
   * more requests, and end after their last responses.
   *
   * @param signal aborts; as on any failure, the previous instances remain
   * @throws Error with the reason, as SageMaker shows it
   */
  async scaleTo(count: number, signal: AbortSignal): Promise<void> {
    const arriving: ServingProcess[] = [];
    try {
      while (this.instances.length + arriving.length < count)
        arriving.push(await launch(this.context, this.order));
      await Promise.all(arriving.map((instance) => whenReady(instance, this.variant, signal)));
    } catch (error) {
      await Promise.all(arriving.map((instance) => instance.stop()));
      throw error;
    }
    this.instances.push(...arriving);
    arriving.forEach((instance) => this.keep(instance));
    for (const instance of this.instances.splice(count)) this.dismiss(instance);
  }

  async invoke(request: Invocation): Promise<ServingAnswer> {
    let refused: unknown = new NoInstances(this.name);
    for (const instance of this.inTurn()) {
      try {
        return await instance.invoke(request);
      } catch (error) {
        if (!wasNeverSent(error)) throw error;
        refused = error;
      }
    }
    throw refused;
  }

  async stop(): Promise<void> {
    for (const instance of this.instances.splice(0)) this.dismiss(instance);
    this.stopping.abort(new Error('The variant was stopped.'));
    await Promise.all([...this.kept, ...this.leaving]);
  }

  private keep(instance: ServingProcess): void {
    const { signal } = this.stopping;
    const kept = keepRunning(instance, {
      clock: this.context.cloud.clock,
      signal,
      wanted: (ended) => this.instances.includes(ended),
      start: () => launchReady(this.context, this.order, signal),
      replace: (ended, next) => {
        // The number of instances may have decreased in the meantime.
        const index = this.instances.indexOf(ended);
        if (index < 0) return this.dismiss(next);
        this.instances[index] = next;
        this.dismiss(ended);
      },
    }).finally(() => this.kept.delete(kept));
    this.kept.add(kept);
  }

  /**
   * Returns the next instance in turn, followed by the others, without those whose container has ended, unless all
   * have.
   */
  private inTurn(): ServingProcess[] {
    const living = this.instances.filter(({ ended }) => !ended);
    const candidates = living.length > 0 ? living : [...this.instances];
    const first = this.next++ % Math.max(candidates.length, 1);
    return [...candidates.slice(first), ...candidates.slice(0, first)];
  }

  private dismiss(instance: ServingProcess): void {
    const gone = instance.stop().finally(() => this.leaving.delete(gone));
    this.leaving.add(gone);
  }
}

/**
 * Starts one instance. A model keeps its subnets and groups; if they were deleted since, no instance can start. How
 * SageMaker says so is not known.
 */
export async function launch(context: SageMakerContext, order: VariantOrder): Promise<ServingProcess> {
  const { endpointName, variant, model } = order;
  const { Subnets: subnets = [], SecurityGroupIds: securityGroups = [] } = model.VpcConfig ?? {};
  if (model.VpcConfig) networkOf(context.cloud, { subnets, securityGroups });
  return ServingProcess.launch(context, { endpointName, variant: variant.VariantName!, model });
}

/** @throws Error with the reason, as SageMaker shows it; all containers are stopped then */
async function launchReady(
  context: SageMakerContext,
  order: VariantOrder,
  signal: AbortSignal,
): Promise<ServingProcess> {
  const instance = await launch(context, order);
  try {
    await whenReady(instance, order.variant, signal);
    return instance;
  } catch (error) {
    await instance.stop();
    throw error;
  }
}

export function whenReady(
  instance: ServingProcess,
  variant: ProductionVariant,
  signal: AbortSignal,
): Promise<void> {
  const seconds = variant.ContainerStartupHealthCheckTimeoutInSeconds;
  return instance.ready(signal, seconds === undefined ? undefined : seconds * 1000);
}
