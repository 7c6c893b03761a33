import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

export interface TeamTopicProps {
  readonly key: IKey;
  readonly emails: readonly string[];
}

/** Where the team hears of every run. */
export class TeamTopic extends Construct {
  readonly topic: sns.Topic;

  constructor(scope: Construct, id: string, { key, emails }: TeamTopicProps) {
    super(scope, id);
    this.topic = new sns.Topic(this, 'Topic', {
      displayName: 'Training pipeline',
      masterKey: key,
      enforceSSL: true,
    });
    for (const email of emails) this.topic.addSubscription(new EmailSubscription(email));
  }
}
