import type { DescribeModelOutput, ProductionVariant } from '@aws-sdk/client-sagemaker';
import { ServiceError } from '../../model/errors';
import { keepRunning } from './endpoint-restarts';
import { wasNeverSent, type Invocation, type ServingAnswer } from './serving-client';
import { ServingProcess } from './serving-process';
import type { SageMakerContext } from './state';

/** What a variant is made of. */
export interface VariantOrder {
  endpointName: string;
  variant: ProductionVariant;
  model: DescribeModelOutput;
  weight: number;
}

/** A request came to a variant that is scaled to zero; no container has seen it. */
export class NoInstances extends ServiceError {
  constructor(variant: string) {
    super('ServiceUnavailable', `Variant ${variant} has no instances.`, { status: 503 });
  }
}

/** What answers the requests to a variant. */
export interface VariantHost {
  readonly name: string;
  /** As the configuration describes it. */
  readonly variant: ProductionVariant;
  /** In whose name its containers run. */
  readonly roleArn: string;
  /** As it is now; an update of weights changes it without new containers. */
  weight: number;
  /** Running instances; 0 for serverless variants, which have none. */
  readonly instanceCount: number;
  /** Whether it can take requests at all. */
  readonly available: boolean;
  /** @throws what the connection throws, or ServiceError where there is no room for the request */
  invoke(request: Invocation): Promise<ServingAnswer>;
  /** Ends the containers when their requests are answered. */
  stop(): Promise<void>;
}

/** A variant on instances, each a container of its own, asked in turn. One that ends is started again. */
export class InstanceVariant implements VariantHost {
  readonly name: string;
  readonly variant: ProductionVariant;
  readonly roleArn: string;
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
    this.weight = order.weight;
  }

  get instanceCount(): number {
    return this.instances.length;
  }

  get available(): boolean {
    return this.instances.length > 0;
  }

  /**
   * New instances get requests when all of them answer pings; those that go get no more requests from now on, and
   * end when theirs are answered.
   *
   * @param signal gives up; then, as on any failure, everything is as it was before
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
        // The number of instances may have become smaller in the meantime.
        const index = this.instances.indexOf(ended);
        if (index < 0) return this.dismiss(next);
        this.instances[index] = next;
        this.dismiss(ended);
      },
    }).finally(() => this.kept.delete(kept));
    this.kept.add(kept);
  }

  /** The instance whose turn it is, then the others; without those whose container has ended, unless all have. */
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

export function launch(context: SageMakerContext, order: VariantOrder): Promise<ServingProcess> {
  const { endpointName, variant, model } = order;
  return ServingProcess.launch(context, { endpointName, variant: variant.VariantName!, model });
}

/** @throws Error with the reason, as SageMaker shows it; nothing is left running then */
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
