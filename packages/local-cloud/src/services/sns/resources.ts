import {
  generatedName,
  type Properties,
  type ResourceContext,
  type ResourceType,
} from '../../core/resource-type';

export const topicTypes: Record<string, ResourceType> = {
  'AWS::SNS::Topic': {
    properties: ['DisplayName', 'KmsMasterKeyId', 'Tags', 'TopicName', 'TracingConfig'],
    async create(properties, context) {
      const { cloud, caller } = context;
      const name = (properties.TopicName as string | undefined) ?? generatedName(context, 256);
      const { TopicArn } = await cloud.call(
        'sns',
        'CreateTopic',
        { Name: name, Attributes: attributes(properties) },
        caller,
      );
      return { physicalId: TopicArn!, attributes: { TopicArn, TopicName: name } };
    },
    async update(properties, { cloud, caller }, before) {
      for (const [AttributeName, AttributeValue] of Object.entries(attributes(properties))) {
        await cloud.call(
          'sns',
          'SetTopicAttributes',
          { TopicArn: before.physicalId, AttributeName, AttributeValue },
          caller,
        );
      }
      return before;
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
    // CloudFormation restores the default policy; on this machine the topic is deleted with its policy.
    delete: async () => undefined,
  },

  'AWS::SNS::Subscription': {
    properties: ['Endpoint', 'Protocol', 'RawMessageDelivery', 'TopicArn'],
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

function attributes({ DisplayName, KmsMasterKeyId }: Properties): Record<string, string> {
  return {
    ...(DisplayName === undefined ? {} : { DisplayName: DisplayName as string }),
    ...(KmsMasterKeyId === undefined ? {} : { KmsMasterKeyId: KmsMasterKeyId as string }),
  };
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
