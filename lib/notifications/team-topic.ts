import { RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, type IRole } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

export interface TeamTopicProps {
  /** Sender's name of its mails. */
  readonly displayName: string;
  readonly key: IKey;
  readonly emails: readonly string[];
  /** Keep the topic, with its confirmed subscriptions, when the stack is deleted. */
  readonly retain: boolean;
}

/** Where people of the team hear of runs by mail: all of them of every run, or approvers of what waits for them. */
export class TeamTopic extends Construct {
  readonly topic: sns.Topic;
  private readonly key: IKey;

  constructor(scope: Construct, id: string, { displayName, key, emails, retain }: TeamTopicProps) {
    super(scope, id);
    this.key = key;
    this.topic = new sns.Topic(this, 'Topic', {
      displayName,
      masterKey: key,
      enforceSSL: true,
    });
    this.topic.applyRemovalPolicy(retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY);
    for (const email of emails) this.topic.addSubscription(new EmailSubscription(email));
  }

  /** Publishing, and with the key: SNS encrypts in the caller's name ("Key management", SNS Developer Guide). */
  grantPublish(role: IRole): void {
    role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['sns:Publish'], resources: [this.topic.topicArn] }),
    );
    this.key.grant(role, 'kms:Decrypt', 'kms:GenerateDataKey');
  }
}
