import { randomUUID } from 'node:crypto';
import type { Cloud } from '../../core/cloud';
import { ServiceMetrics } from '../../core/service-metrics';
import type { Store } from '../../core/store';
import { documentOf } from '../../access/policy-documents';

export interface Message {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly sent: number;
  readonly body: string;
}

export interface Queue {
  readonly arn: string;
  readonly name: string;
  /** Seconds; 345,600 (4 days) in queues that do not set it. */
  retentionSeconds: number;
  /** Document of the queue's policy, as JSON. */
  policy?: string;
  messages: Message[];
}

const SQS_ARN = /^arn:aws[a-z-]*:sqs:/;

/**
 * The queues. They receive what EventBridge and Scheduler could not deliver; SQS's API is not served, so nothing reads
 * them but {@link Queues.messages}, and messages end with their retention.
 */
export class Queues {
  private readonly store: Store<{ queues: Record<string, Queue> }>;
  private readonly metrics: ServiceMetrics;

  constructor(private readonly cloud: Cloud) {
    this.store = cloud.stores.store('sqs', () => ({ queues: {} }));
    this.metrics = new ServiceMetrics(cloud, { namespace: 'AWS/SQS', service: 'sqs.amazonaws.com' });
    cloud.services.addPolicies('sqs', (arn) => documentOf(this.find(arn)?.policy));
    cloud.events.registerTarget(
      (arn) => SQS_ARN.test(arn),
      async ({ targetArn, input, from, roleArn, sourceArn }) => {
        const principal = roleArn ? cloud.assumeRole(from.arn, roleArn, 'dead-letter', sourceArn) : from;
        this.send(targetArn, input, { principal, sourceArn });
      },
    );
  }

  put(queue: Omit<Queue, 'messages'>): void {
    this.store.data.queues[queue.name] = { messages: [], ...this.store.data.queues[queue.name], ...queue };
    this.store.changed();
  }

  find(arn: string): Queue | undefined {
    return Object.values(this.store.data.queues).find((queue) => queue.arn === arn);
  }

  /** Finds a queue by the URL that `Ref` returns. */
  byUrl(url: string): Queue | undefined {
    return this.store.data.queues[url.slice(url.lastIndexOf('/') + 1)];
  }

  delete(name: string): void {
    delete this.store.data.queues[name];
    this.store.changed();
  }

  /** Returns the messages that the queue still keeps, oldest first. */
  messages(arn: string): readonly Message[] {
    const queue = this.find(arn);
    if (!queue) return [];
    const oldest = this.cloud.clock.now() - queue.retentionSeconds * 1000;
    queue.messages = queue.messages.filter(({ sent }) => sent > oldest);
    return queue.messages;
  }

  /** @throws ServiceError of the kind AccessDenied; Error for a queue that does not exist */
  private send(arn: string, input: unknown, caller: Parameters<Cloud['authorize']>[0]): void {
    this.cloud.authorize(caller, { action: 'sqs:SendMessage', resources: [arn] });
    const queue = this.find(arn);
    if (!queue) throw new Error(`The queue ${arn} does not exist.`);
    const body = typeof input === 'string' ? input : JSON.stringify(input);
    queue.messages = [...this.messages(arn), { id: randomUUID(), sent: this.cloud.clock.now(), body }];
    this.store.changed();
    // SQS publishes it each minute while the queue is in use; an alarm needs the first value only.
    this.metrics.add(
      { QueueName: queue.name },
      'ApproximateNumberOfMessagesVisible',
      queue.messages.length,
      'Count',
    );
  }
}
