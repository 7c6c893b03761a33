import { randomUUID } from 'node:crypto';
import type { Cloud } from '../../core/cloud';
import { notSupported, ServiceError } from '../../model/errors';
import type { Store } from '../../core/store';
import { parsePolicy, type PolicyCheck } from '../../access/policy-documents';

export type Protocol = 'email' | 'email-json' | 'lambda';

export interface Subscription {
  arn: string;
  protocol: Protocol;
  endpoint: string;
  attributes: Record<string, string>;
}

export interface Topic {
  arn: string;
  name: string;
  attributes: Record<string, string>;
  subscriptions: Subscription[];
}

/** Supported attributes of topics; the others would change behaviour that this cloud does not emulate. */
const TOPIC_ATTRIBUTES = ['DisplayName', 'KmsMasterKeyId', 'Policy', 'SignatureVersion', 'TracingConfig'];
const SUBSCRIPTION_ATTRIBUTES = ['FilterPolicy', 'FilterPolicyScope'];

/** The topics and their subscriptions. */
export class Topics {
  private readonly store: Store<{ topics: Record<string, Topic> }>;

  constructor(private readonly cloud: Cloud) {
    this.store = cloud.stores.store('sns', () => ({ topics: {} }));
  }

  list(): Topic[] {
    return Object.values(this.store.data.topics);
  }

  find(arn: string): Topic | undefined {
    return this.list().find((candidate) => candidate.arn === arn);
  }

  get(arn: string): Topic {
    const topic = this.find(arn);
    if (topic) return topic;
    if (!/^arn:aws[a-z-]*:sns:[^:]*:\d{12}:[^:]+$/.test(arn)) {
      throw invalid(
        `TopicArn Reason: '${arn}' is not a topic's ARN, such as ${this.cloud.arn('sns', 'name')}`,
      );
    }
    throw new ServiceError('NotFoundException', `Topic does not exist: ${arn}`);
  }

  create(name: string, attributes: Record<string, string>): Topic {
    if (name.endsWith('.fifo')) throw notSupported('FIFO topics', 'Use a standard topic.');
    for (const attribute of Object.keys(attributes)) checkAttribute(attribute, TOPIC_ATTRIBUTES);
    checkPolicy(this.cloud, attributes.Policy);
    checkDisplayName(attributes.DisplayName);
    const existing = this.store.data.topics[name];
    const differs = Object.entries(attributes).some(([key, value]) => existing?.attributes[key] !== value);
    if (existing && differs)
      throw invalid('Attributes Reason: Topic already exists with different attributes');
    const topic = existing ?? { arn: this.cloud.arn('sns', name), name, attributes, subscriptions: [] };
    this.store.data.topics[name] = topic;
    this.store.changed();
    return topic;
  }

  delete(arn: string): void {
    const topic = this.list().find((candidate) => candidate.arn === arn);
    if (topic) delete this.store.data.topics[topic.name];
    this.store.changed();
  }

  setAttribute(arn: string, name: string, value: string): void {
    checkAttribute(name, TOPIC_ATTRIBUTES);
    if (name === 'Policy') checkPolicy(this.cloud, value);
    if (name === 'DisplayName') checkDisplayName(value);
    this.get(arn).attributes[name] = value;
    this.store.changed();
  }

  /** Repeated requests for the same endpoint return the same subscription. */
  subscribe(
    topic: Topic,
    protocol: Protocol,
    endpoint: string,
    attributes: Record<string, string>,
  ): Subscription {
    for (const name of Object.keys(attributes)) checkAttribute(name, SUBSCRIPTION_ATTRIBUTES);
    const existing = topic.subscriptions.find(
      (each) => each.protocol === protocol && each.endpoint === endpoint,
    );
    if (existing) return existing;
    const subscription = { arn: `${topic.arn}:${randomUUID()}`, protocol, endpoint, attributes };
    topic.subscriptions.push(subscription);
    this.store.changed();
    return subscription;
  }

  findSubscription(arn: string): { topic: Topic; subscription: Subscription } {
    for (const topic of this.list()) {
      const subscription = topic.subscriptions.find((each) => each.arn === arn);
      if (subscription) return { topic, subscription };
    }
    throw new ServiceError('NotFoundException', `Subscription does not exist: ${arn}`);
  }

  setSubscriptionAttribute(arn: string, name: string, value: string): void {
    checkAttribute(name, SUBSCRIPTION_ATTRIBUTES);
    this.findSubscription(arn).subscription.attributes[name] = value;
    this.store.changed();
  }

  unsubscribe(arn: string): void {
    const { topic, subscription } = this.findSubscription(arn);
    topic.subscriptions.splice(topic.subscriptions.indexOf(subscription), 1);
    this.store.changed();
  }
}

/**
 * Returns the policy of a topic that has no other: principals of the owner's account have the rights that their identity
 * policies give. https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
 */
export function defaultPolicy(topicArn: string): object {
  const account = topicArn.split(':')[4];
  const actions = [
    ...['GetTopicAttributes', 'SetTopicAttributes', 'AddPermission', 'RemovePermission', 'DeleteTopic'],
    ...['Subscribe', 'ListSubscriptionsByTopic', 'Publish'],
  ];
  return {
    ...{ Version: '2008-10-17', Id: '__default_policy_ID' },
    Statement: [
      {
        ...{ Sid: '__default_statement_ID', Effect: 'Allow', Principal: { AWS: '*' } },
        Action: actions.map((action) => `SNS:${action}`),
        Resource: topicArn,
        Condition: { StringEquals: { 'AWS:SourceOwner': account } },
      },
    ],
  };
}

/** Returns SNS's error for invalid input. */
export function invalid(what: string): ServiceError {
  return new ServiceError('InvalidParameterException', `Invalid parameter: ${what}`);
}

/** "Constraints: Maximum length of 100 characters": User Guide, "Creating an Amazon SNS topic". */
function checkDisplayName(name = ''): void {
  if (name.length > 100) throw invalid(`DisplayName Reason: at most 100 characters; it has ${name.length}`);
}

function checkPolicy(cloud: Cloud, text: string | undefined): void {
  if (text === undefined || text === '') return;
  // https://github.com/hashicorp/terraform-provider-aws/issues/26041
  const check: PolicyCheck = {
    name: 'Invalid parameter: Policy Error',
    kind: 'resource',
    code: 'InvalidParameterException',
    noPrincipal: () => 'Invalid parameter: Policy Error: PrincipalNotFound',
  };
  parsePolicy(cloud, check, text);
}

function checkAttribute(name: string, known: readonly string[]): void {
  if (!known.includes(name)) throw notSupported(`SNS's attribute ${name}`, `It knows ${known.join(', ')}.`);
}
