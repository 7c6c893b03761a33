import { randomUUID } from 'node:crypto';
import type { Faults } from '../faults/faults';
import type { Clock } from './clock';
import type { Principal } from './principals';

/** An event that a service publishes. */
export interface CloudEvent {
  source: string;
  detailType: string;
  detail: Record<string, unknown>;
  resources?: readonly string[];
  /** Milliseconds since the epoch; by default, the current time. */
  time?: number;
}

/** An event in EventBridge's own shape. */
export interface EventEnvelope {
  version: '0';
  id: string;
  'detail-type': string;
  source: string;
  account: string;
  time: string;
  region: string;
  resources: readonly string[];
  detail: Record<string, unknown>;
}

/** A message to a target: a function, a state machine, a topic. */
export interface Delivery {
  targetArn: string;
  /** The JSON value that the target receives. */
  input: unknown;
  /** The service that delivers, such as `events.amazonaws.com`. */
  from: Principal;
  /** The role of the delivery, for targets that are called with one. */
  roleArn?: string;
  /** The ARN of the rule or topic that caused it; resource policies see it in `aws:SourceArn`. */
  sourceArn?: string;
  /** The queue that receives what cannot be delivered. */
  deadLetter?: { arn: string; body: unknown };
}

export type DeliverTo = (delivery: Delivery) => Promise<void>;

export interface FailedDelivery {
  delivery: Delivery;
  error: Error;
}

/**
 * Passes events from services to listeners (EventBridge's rules), and deliveries to the services that own their
 * targets. Deliveries run in the background, once each: a delivery that AWS would retry for hours is kept in
 * `failures`.
 */
export class EventBus {
  readonly failures: FailedDelivery[] = [];
  private readonly listeners = new Set<(event: EventEnvelope) => void>();
  private readonly targets: { matches: (arn: string) => boolean; deliver: DeliverTo }[] = [];
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly scope: { region: string; account: string },
    private readonly clock: Clock,
    private readonly faults?: Pick<Faults, 'isDuplicated'>,
  ) {}

  publish(event: CloudEvent): EventEnvelope {
    const envelope: EventEnvelope = {
      version: '0',
      id: randomUUID(),
      'detail-type': event.detailType,
      source: event.source,
      account: this.scope.account,
      // EventBridge's times have whole seconds.
      time: new Date(event.time ?? this.clock.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
      region: this.scope.region,
      resources: event.resources ?? [],
      detail: event.detail,
    };
    for (const listener of this.listeners) listener(envelope);
    return envelope;
  }

  /** Calls the listener for each later event. Returns a function that removes the listener. */
  subscribe(listener: (event: EventEnvelope) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Registers the receiver of deliveries to the ARNs that match. */
  registerTarget(matches: (arn: string) => boolean, deliver: DeliverTo): void {
    this.targets.push({ matches, deliver });
  }

  /** Starts a delivery and returns at once. */
  deliver(delivery: Delivery): void {
    const { targetArn: to, from, sourceArn } = delivery;
    if (this.faults?.isDuplicated({ to, from: sourceArn ?? from.arn })) this.start(delivery);
    this.start(delivery);
  }

  private start(delivery: Delivery): void {
    const run = this.attempt(delivery).catch((error: unknown) => this.fail(delivery, error));
    this.running.add(run);
    void run.finally(() => this.running.delete(run));
  }

  /** Records a delivery that failed, and sends it to its dead-letter queue. */
  fail(delivery: Delivery, error: unknown): void {
    this.failures.push({ delivery, error: error instanceof Error ? error : new Error(String(error)) });
    const { deadLetter, from, roleArn, sourceArn } = delivery;
    if (!deadLetter) return;
    this.deliver({ targetArn: deadLetter.arn, input: deadLetter.body, from, roleArn, sourceArn });
  }

  /** Resolves when no delivery is under way, including those that deliveries caused. */
  async settled(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }

  private async attempt(delivery: Delivery): Promise<void> {
    const target = this.targets.find(({ matches }) => matches(delivery.targetArn));
    if (!target)
      throw new Error(`No service of the local cloud accepts deliveries to ${delivery.targetArn}.`);
    await target.deliver(delivery);
  }
}
