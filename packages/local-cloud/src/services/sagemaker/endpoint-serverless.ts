import type { ProductionVariant } from '@aws-sdk/client-sagemaker';
import { ServiceError } from '../../model/errors';
import { launch, whenReady, type VariantHost, type VariantOrder } from './endpoint-variants';
import type { Invocation, ServingAnswer } from './serving-client';
import type { ServingProcess } from './serving-process';
import type { SageMakerContext } from './state';

/** Milliseconds that an idle container is kept. SageMaker does not document its own value. */
const WARM_MS = 300_000;

/** A serverless variant: a request starts its container, which ends after an idle time. */
export class ServerlessVariant implements VariantHost {
  readonly name: string;
  readonly variant: ProductionVariant;
  readonly roleArn: string;
  readonly instanceCount = 0;
  readonly available = true;
  weight: number;
  private container: Promise<ServingProcess> | undefined;
  private readonly running = new Set<Promise<ServingAnswer>>();
  private cooling: AbortController | undefined;
  private readonly closing = new AbortController();
  private ending: Promise<void> = Promise.resolve();

  constructor(
    private readonly context: SageMakerContext,
    private readonly order: VariantOrder,
  ) {
    this.name = order.variant.VariantName!;
    this.variant = order.variant;
    this.roleArn = order.model.ExecutionRoleArn!;
    this.weight = order.weight;
  }

  /**
   * Checks that the container of a new endpoint answers pings.
   *
   * @throws Error with the reason, as SageMaker shows it
   */
  async prove(signal: AbortSignal): Promise<void> {
    await this.warm(signal);
    this.coolDown();
  }

  async invoke(request: Invocation): Promise<ServingAnswer> {
    const most = this.variant.ServerlessConfig!.MaxConcurrency!;
    if (this.running.size >= most) {
      throw new ServiceError(
        'ThrottlingException',
        `Rate exceeded: variant ${this.name} answers ${most} requests at once (MaxConcurrency).`,
        { status: 400 },
      );
    }
    this.cooling?.abort();
    const answer = this.warm(this.closing.signal).then((container) => container.invoke(request));
    this.running.add(answer);
    try {
      return await answer;
    } finally {
      this.running.delete(answer);
      this.coolDown();
    }
  }

  async stop(): Promise<void> {
    await Promise.allSettled(this.running);
    this.closing.abort(new Error('The endpoint was stopped.'));
    this.cooling?.abort();
    this.endContainer();
    await this.ending;
  }

  private async warm(signal: AbortSignal): Promise<ServingProcess> {
    signal.throwIfAborted();
    const starting = (this.container ??= this.start(signal));
    const container = await starting;
    if (!container.ended) return container;
    if (this.container === starting) this.endContainer();
    return this.warm(signal);
  }

  private async start(signal: AbortSignal): Promise<ServingProcess> {
    let container: ServingProcess | undefined;
    try {
      container = await launch(this.context, this.order);
      await whenReady(container, this.variant, signal);
      return container;
    } catch (error) {
      this.container = undefined;
      await container?.stop();
      throw error;
    }
  }

  private coolDown(): void {
    if (this.running.size > 0 || this.closing.signal.aborted) return;
    this.cooling?.abort();
    this.cooling = new AbortController();
    this.context.cloud.clock.sleep(WARM_MS, this.cooling.signal).then(
      () => this.endContainer(),
      () => undefined,
    );
  }

  /** A container that fails to start cleans up its own resources. */
  private endContainer(): void {
    const container = this.container;
    this.container = undefined;
    this.ending = Promise.all([
      this.ending,
      container?.then(
        (started) => started.stop(),
        () => undefined,
      ),
    ]).then(() => undefined);
  }
}
