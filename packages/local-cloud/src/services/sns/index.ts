import type { SNS } from '@aws-sdk/client-sns';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Cloud } from '../../core/cloud';
import { notSupported, ServiceError } from '../../model/errors';
import { patternProblem } from '../../core/event-pattern';
import { page } from '../../core/paging';
import type { Service, ServiceDefinition } from '../../core/service';
import { documentOf } from '../../access/policy-documents';
import { RestFront } from '../apigateway/front/front';
import { composeMail, deliverMail } from './mail';
import { checkProtocol, composeMessage, passesFilter, type Message } from './messages';
import { useTopicKey } from './topic-key';
import { invalid, Topics, type Subscription, type Topic } from './topics';
import { topicTypes } from './resources';

const PAGE = 100;

/**
 * SNS: standard topics. Mails are written to `<state>/mail`, each in its own file. Subscriptions need no confirmation
 * by a link: they are confirmed when they are created. Functions are called through the targets that they registered.
 */
function create(cloud: Cloud): Service<'sns'> {
  // Links to this cloud's APIs in mails can be opened on this machine.
  const front = cloud.part(RestFront);
  const topics = new Topics(cloud);
  const mailDirectory = join(cloud.stateDirectory, 'mail');
  const invalidToken = (message: string) => invalid(`NextToken Reason: ${message}`);

  async function publish(topic: Topic, message: Message): Promise<void> {
    for (const subscription of topic.subscriptions.filter((each) => passesFilter(each, message))) {
      if (subscription.protocol === 'lambda') notifyFunction(topic, subscription, message);
      else
        await deliverMail(mailDirectory, message, front.localise(composeMail(message, topic, subscription)));
    }
  }

  function notifyFunction(topic: Topic, subscription: Subscription, message: Message): void {
    const record = {
      EventSource: 'aws:sns',
      EventVersion: '1.0',
      EventSubscriptionArn: subscription.arn,
      Sns: {
        Type: 'Notification',
        MessageId: message.id,
        TopicArn: topic.arn,
        Subject: message.subject ?? null,
        Message: message.textFor('lambda'),
        Timestamp: message.time,
        MessageAttributes: message.attributes,
      },
    };
    cloud.events.deliver({
      targetArn: subscription.endpoint,
      input: { Records: [record] },
      from: cloud.principals.service('sns.amazonaws.com'),
      sourceArn: topic.arn,
    });
  }

  const show = (topic: Topic, { arn, protocol, endpoint }: Subscription) => ({
    SubscriptionArn: arn,
    Owner: cloud.account,
    Protocol: protocol,
    Endpoint: endpoint,
    TopicArn: topic.arn,
  });

  const onTopic =
    (action: string) => (input: { TopicArn?: string; TargetArn?: string; ResourceArn?: string }) => ({
      action: `sns:${action}`,
      resources: [input.TopicArn ?? input.TargetArn ?? '*'],
    });

  cloud.events.registerTarget(
    (arn) => /^arn:aws[a-z-]*:sns:/.test(arn),
    async ({ targetArn, input, from, sourceArn }) => {
      const text = typeof input === 'string' ? input : JSON.stringify(input);
      await cloud.call(
        'sns',
        'Publish',
        { TopicArn: targetArn, Message: text },
        { principal: from, sourceArn },
      );
    },
  );

  return {
    permissions: {
      CreateTopic: ({ Name = '' }) => ({ action: 'sns:CreateTopic', resources: [cloud.arn('sns', Name)] }),
      DeleteTopic: onTopic('DeleteTopic'),
      GetTopicAttributes: onTopic('GetTopicAttributes'),
      SetTopicAttributes: onTopic('SetTopicAttributes'),
      Subscribe: onTopic('Subscribe'),
      Publish: onTopic('Publish'),
      ListSubscriptionsByTopic: onTopic('ListSubscriptionsByTopic'),
    },
    resourcePolicy: (arn) => documentOf(topics.find(arn)?.attributes.Policy),
    operations: {
      async CreateTopic({ Name = '', Attributes = {}, DataProtectionPolicy }) {
        if (DataProtectionPolicy) throw notSupported('DataProtectionPolicy', 'Leave it out.');
        return { TopicArn: topics.create(Name, Attributes).arn };
      },

      async DeleteTopic({ TopicArn = '' }) {
        topics.delete(TopicArn);
        return {};
      },

      async ListTopics({ NextToken }) {
        const { items, nextToken } = page(topics.list(), ({ arn }) => arn, PAGE, NextToken, invalidToken);
        return { Topics: items.map(({ arn }) => ({ TopicArn: arn })), NextToken: nextToken };
      },

      async GetTopicAttributes({ TopicArn = '' }) {
        const { arn, attributes, subscriptions } = topics.get(TopicArn);
        const counts = {
          SubscriptionsConfirmed: String(subscriptions.length),
          SubscriptionsPending: '0',
          SubscriptionsDeleted: '0',
        };
        return {
          Attributes: { TopicArn: arn, Owner: cloud.account, DisplayName: '', ...counts, ...attributes },
        };
      },

      async SetTopicAttributes({ TopicArn = '', AttributeName = '', AttributeValue = '' }) {
        topics.setAttribute(TopicArn, AttributeName, AttributeValue);
        return {};
      },

      async Subscribe({ TopicArn = '', Protocol = '', Endpoint = '', Attributes = {} }) {
        const topic = topics.get(TopicArn);
        const protocol = checkProtocol(Protocol, Endpoint);
        checkFilter(Attributes.FilterPolicy);
        return { SubscriptionArn: topics.subscribe(topic, protocol, Endpoint, Attributes).arn };
      },

      async Unsubscribe({ SubscriptionArn = '' }) {
        topics.unsubscribe(SubscriptionArn);
        return {};
      },

      async ListSubscriptionsByTopic({ TopicArn = '', NextToken }) {
        const topic = topics.get(TopicArn);
        const { items, nextToken } = page(
          topic.subscriptions,
          ({ arn }) => arn,
          PAGE,
          NextToken,
          invalidToken,
        );
        return { Subscriptions: items.map((each) => show(topic, each)), NextToken: nextToken };
      },

      async GetSubscriptionAttributes({ SubscriptionArn = '' }) {
        const { topic, subscription } = topics.findSubscription(SubscriptionArn);
        const state = { PendingConfirmation: 'false', ConfirmationWasAuthenticated: 'true' };
        return { Attributes: { ...show(topic, subscription), ...state, ...subscription.attributes } };
      },

      async SetSubscriptionAttributes({ SubscriptionArn = '', AttributeName = '', AttributeValue = '' }) {
        if (AttributeName === 'FilterPolicy') checkFilter(AttributeValue);
        topics.setSubscriptionAttribute(SubscriptionArn, AttributeName, AttributeValue);
        return {};
      },

      async Publish(input, call) {
        const arn = input.TopicArn ?? input.TargetArn;
        if (arn === undefined) throw invalid('TopicArn or TargetArn Reason: no value for required parameter');
        const topic = topics.get(arn);
        await useTopicKey(cloud, topic, call);
        const time = new Date(cloud.clock.now()).toISOString();
        const message = composeMessage(input, { id: randomUUID(), topicArn: arn, time });
        await publish(topic, message);
        return { MessageId: message.id };
      },
    },
  };
}

function checkFilter(policy: string | undefined): void {
  if (policy === undefined) return;
  let problem: string | undefined;
  try {
    problem = patternProblem(JSON.parse(policy));
  } catch (error) {
    problem = String(error);
  }
  if (problem)
    throw new ServiceError('InvalidParameterException', `Invalid parameter: FilterPolicy: ${problem}`);
}

export const sns: ServiceDefinition<'sns'> = {
  id: 'sns',
  facts: {
    package: '@aws-sdk/client-sns',
    signingName: 'sns',
    iamPrefix: 'sns',
    protocol: 'awsQuery',
    xmlNamespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
    version: '2010-03-31',
    invalidInput: 'InvalidParameter',
  },
  resourceTypes: topicTypes,
  create,
};

declare module '../../model/catalog' {
  interface Sdk {
    sns: SNS;
  }
}
