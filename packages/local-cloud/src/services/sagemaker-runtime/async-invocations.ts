import type { Cloud } from '../../core/cloud';
import type { Input, Output } from '../../core/service';
import type { EndpointHost, EndpointHosts } from '../sagemaker/endpoint-hosts';
import { queuedRequest, type QueuedRequest } from './async-requests';
import { AsyncTask, type AsyncContext } from './async-task';
import { validationError } from './errors';
import type { EndpointMetrics } from './metrics';

/** SageMaker does not document its own default. */
const INVOCATIONS_PER_INSTANCE = 4;

/** Milliseconds between two reports of a queue's size if nothing changes it. */
const REPORT_EVERY_MS = 10_000;

/**
 * The queues of asynchronous endpoints. They are persistent: a request that was unfinished when the process ended is
 * processed again.
 */
export class AsyncInvocations {
  private readonly store;
  private readonly started = new Set<QueuedRequest>();
  private readonly underWay = new Set<Promise<void>>();
  private readonly closing = new AbortController();
  private readonly contexts = new Map<string, { context: AsyncContext; deletion: AbortController }>();
  private unwatch: () => void = () => undefined;

  constructor(
    private readonly cloud: Cloud,
    private readonly hosts: EndpointHosts,
    private readonly metrics: EndpointMetrics,
    private readonly random: () => number,
  ) {
    this.store = cloud.stores.store<Record<string, QueuedRequest[]>>('sagemaker-async', () => ({}));
  }

  /** Resumes the requests of an earlier process. */
  start(): void {
    this.unwatch = this.hosts.watch((name) => this.onChange(name));
    for (const name of Object.keys(this.store.data)) this.pump(name);
    void this.report();
  }

  /** @throws ServiceError ValidationError, or NotImplemented with the feature's name */
  accept(
    host: EndpointHost,
    input: Input<'sagemakerruntime', 'InvokeEndpointAsync'>,
  ): Output<'sagemakerruntime', 'InvokeEndpointAsync'> {
    const fleet = host.main;
    if (!fleet.order.config.AsyncInferenceConfig) {
      throw validationError(
        `Endpoint ${host.endpointName} of account ${this.cloud.account} is not asynchronous. Use InvokeEndpoint.`,
      );
    }
    const request = queuedRequest(input, fleet, this.cloud.clock.now());
    (this.store.data[host.endpointName] ??= []).push(request);
    this.store.changed(host.endpointName);
    this.pump(host.endpointName);
    return {
      InferenceId: request.inferenceId,
      OutputLocation: request.outputLocation,
      FailureLocation: request.failureLocation,
    };
  }

  async close(): Promise<void> {
    this.unwatch();
    this.closing.abort(new Error('The local cloud was closed.'));
    await Promise.all(this.underWay);
  }

  /** Removes the requests of a deleted endpoint. */
  private onChange(endpointName: string): void {
    if (this.hosts.get(endpointName)) return this.pump(endpointName);
    this.contexts.get(endpointName)?.deletion.abort(new Error('The endpoint was deleted.'));
    this.contexts.delete(endpointName);
    if (!(endpointName in this.store.data)) return;
    delete this.store.data[endpointName];
    this.store.changed(endpointName);
  }

  private pump(endpointName: string): void {
    const host = this.hosts.get(endpointName);
    if (!host?.main.order.config.AsyncInferenceConfig) return;
    const context = this.contextOf(endpointName);
    const task = (request: QueuedRequest) =>
      new AsyncTask(context, host, () => host.choose(this.random())!, request);
    for (const request of this.waiting(endpointName)) {
      if (this.expired(request)) this.begin(endpointName, request, task(request).expire());
    }
    const next = this.waiting(endpointName);
    const room = Math.max(0, capacity(host) - this.busy(endpointName));
    for (const request of next.slice(0, room)) this.begin(endpointName, request, task(request).perform());
    this.reportQueue(host);
  }

  /** Aborts with the cloud, and with its endpoint. */
  private contextOf(endpointName: string): AsyncContext {
    const known = this.contexts.get(endpointName);
    if (known) return known.context;
    const deletion = new AbortController();
    const closing = AbortSignal.any([this.closing.signal, deletion.signal]);
    const context = { cloud: this.cloud, metrics: this.metrics, closing };
    this.contexts.set(endpointName, { context, deletion });
    return context;
  }

  private begin(endpointName: string, request: QueuedRequest, task: Promise<boolean>): void {
    this.started.add(request);
    const done = task.then((finished) => {
      this.underWay.delete(done);
      this.started.delete(request);
      if (this.closing.signal.aborted) return;
      if (finished) this.forget(endpointName, request);
      this.pump(endpointName);
    });
    this.underWay.add(done);
  }

  private forget(endpointName: string, request: QueuedRequest): void {
    const queue = this.store.data[endpointName];
    const index = queue?.indexOf(request) ?? -1;
    if (index >= 0) queue!.splice(index, 1);
    this.store.changed(endpointName);
  }

  private waiting(endpointName: string): QueuedRequest[] {
    return (this.store.data[endpointName] ?? []).filter((request) => !this.started.has(request));
  }

  private busy(endpointName: string): number {
    return (this.store.data[endpointName] ?? []).filter((request) => this.started.has(request)).length;
  }

  private expired({ received, ttlSeconds }: QueuedRequest): boolean {
    return this.cloud.clock.now() - received > ttlSeconds * 1000;
  }

  private async report(): Promise<void> {
    const { signal } = this.closing;
    while (!signal.aborted) {
      for (const host of this.hosts.all()) this.pump(host.endpointName);
      await this.cloud.clock.sleep(REPORT_EVERY_MS, signal).catch(() => undefined);
    }
  }

  /** A request counts until it is finished ("Monitor asynchronous endpoint", Developer Guide). */
  private reportQueue(host: EndpointHost): void {
    const { endpointName } = host;
    const backlog = this.store.data[endpointName] ?? [];
    const instances = instancesOf(host);
    const subject = { endpointName };
    this.metrics.add(subject, 'ApproximateBacklogSize', backlog.length, 'Count');
    // Without instances there is no divisor: the whole queue waits for the first instance.
    this.metrics.add(
      subject,
      'ApproximateBacklogSizePerInstance',
      backlog.length / Math.max(instances, 1),
      'Count',
    );
    this.metrics.add(
      subject,
      'HasBacklogWithoutCapacity',
      backlog.length > 0 && instances === 0 ? 1 : 0,
      'Count',
    );
    const oldest = Math.min(...backlog.map(({ received }) => received));
    const age = backlog.length > 0 ? (this.cloud.clock.now() - oldest) / 1000 : 0;
    this.metrics.add(subject, 'ApproximateAgeOfOldestRequest', age, 'Seconds');
  }
}

function instancesOf(host: EndpointHost): number {
  return host.fleets
    .flatMap(({ variants }) => variants)
    .reduce((sum, { instanceCount }) => sum + instanceCount, 0);
}

/** Concurrent requests that an endpoint's containers may have. */
function capacity(host: EndpointHost): number {
  const { ClientConfig } = host.main.order.config.AsyncInferenceConfig ?? {};
  return instancesOf(host) * (ClientConfig?.MaxConcurrentInvocationsPerInstance ?? INVOCATIONS_PER_INSTANCE);
}
