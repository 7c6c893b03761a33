import { ServiceError } from '../../model/errors';
import {
  generatedName,
  type Properties,
  type ResourceContext,
  type ResourceType,
} from '../../core/resource-type';
import { defaultPolicy } from './topics';

export const topicTypes: Record<string, ResourceType> = {
  'AWS::SNS::Topic': {
    properties: ['DisplayName', 'KmsMasterKeyId', 'Tags', 'TopicName', 'TracingConfig'],
    async create(properties, context) {
      const { cloud, caller } = context;
      const name = (properties.TopicName as string | undefined) ?? generatedName(context, 256);
      // SNS itself returns the topic that exists.
      if (properties.TopicName !== undefined) await assertFree(name, context);
      const { TopicArn } = await cloud.call(
        'sns',
        'CreateTopic',
        { Name: name, Attributes: attributes(properties) },
        caller,
      );
      return { physicalId: TopicArn!, attributes: { TopicArn, TopicName: name } };
    },
    async update(properties, { cloud, caller }, before) {
      const had = attributes(before.properties);
      const removed = Object.entries(DEFAULTS).filter(([name]) => Object.hasOwn(had, name));
      const wanted = { ...Object.fromEntries(removed), ...attributes(properties) };
      for (const [AttributeName, AttributeValue] of Object.entries(wanted)) {
        await cloud.call(
          'sns',
          'SetTopicAttributes',
          { TopicArn: before.physicalId, AttributeName, AttributeValue },
          caller,
        );
      }
      return before;
    },
    adopt: {
      identifier: 'TopicArn',
      async find(TopicArn, { cloud, caller }) {
        await cloud.call('sns', 'GetTopicAttributes', { TopicArn }, caller);
        return { physicalId: TopicArn, attributes: { TopicArn, TopicName: TopicArn.split(':').at(-1) } };
      },
    },
    async delete({ physicalId }, { cloud, caller }) {
      await cloud.call('sns', 'DeleteTopic', { TopicArn: physicalId }, caller);
    },
  },

  'AWS::SNS::TopicPolicy': {
    properties: ['PolicyDocument', 'Topics'],
    fixed: ['Topics'],
    async create(properties, context) {
      await setPolicy(properties, context);
      return { physicalId: context.logicalId };
    },
    async update(properties, context, before) {
      await setPolicy(properties, context);
      return before;
    },
    /** CloudFormation restores the default policy; a topic that was deleted in the meantime needs none. */
    async delete({ properties }, { cloud, caller }) {
      for (const TopicArn of properties.Topics as string[]) {
        const AttributeValue = JSON.stringify(defaultPolicy(TopicArn));
        const input = { TopicArn, AttributeName: 'Policy', AttributeValue };
        try {
          await cloud.call('sns', 'SetTopicAttributes', input, caller);
        } catch (error) {
          if (!(error instanceof ServiceError && error.code === 'NotFoundException')) throw error;
        }
      }
    },
  },

  'AWS::SNS::Subscription': {
    properties: ['Endpoint', 'Protocol', 'TopicArn'],
    async create({ Endpoint, Protocol, TopicArn }, { cloud, caller }) {
      const { SubscriptionArn } = await cloud.call(
        'sns',
        'Subscribe',
        {
          TopicArn: TopicArn as string,
          Protocol: Protocol as string,
          Endpoint: Endpoint as string,
          ReturnSubscriptionArn: true,
        },
        caller,
      );
      return { physicalId: SubscriptionArn!, attributes: { Arn: SubscriptionArn } };
    },
    async delete({ physicalId }, { cloud, caller }) {
      await cloud.call('sns', 'Unsubscribe', { SubscriptionArn: physicalId }, caller);
    },
  },
};

/** The attributes that a topic's properties set, with the values of a topic without them. */
const DEFAULTS: Readonly<Record<string, string>> = {
  DisplayName: '',
  KmsMasterKeyId: '',
  TracingConfig: 'PassThrough',
};

/** Tags of topics have no effect, because the local cloud serves no operation on them. */
function attributes({ DisplayName, KmsMasterKeyId, TracingConfig }: Properties): Record<string, string> {
  return {
    ...(DisplayName === undefined ? {} : { DisplayName: DisplayName as string }),
    ...(KmsMasterKeyId === undefined ? {} : { KmsMasterKeyId: KmsMasterKeyId as string }),
    ...(TracingConfig === undefined ? {} : { TracingConfig: TracingConfig as string }),
  };
}

/** @throws ServiceError AlreadyExists: CloudFormation creates no resource that exists, whatever the service does */
async function assertFree(name: string, { cloud, caller }: ResourceContext): Promise<void> {
  const TopicArn = cloud.arn('sns', name);
  const found = await cloud.call('sns', 'GetTopicAttributes', { TopicArn }, caller).then(
    () => true,
    () => false,
  );
  if (!found) return;
  const message = `Resource of type 'AWS::SNS::Topic' with identifier '${TopicArn}' already exists.`;
  throw new ServiceError('AlreadyExists', message);
}

async function setPolicy(
  { PolicyDocument, Topics }: Properties,
  { cloud, caller }: ResourceContext,
): Promise<void> {
  for (const TopicArn of Topics as string[]) {
    await cloud.call(
      'sns',
      'SetTopicAttributes',
      { TopicArn, AttributeName: 'Policy', AttributeValue: JSON.stringify(PolicyDocument) },
      caller,
    );
  }
}
