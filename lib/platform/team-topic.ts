import { Aws } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { LambdaVariable } from '../contract/environment';
import { alarmArn } from './arns';
import { removalPolicy } from './retention';
import type { Grantee } from './role';

export interface TeamTopicProps {
  /** Sender's name of its mails. */
  readonly displayName: string;
  readonly key: IKey;
  readonly emails: readonly string[];
  /** Name prefix, with a hyphen, of alarms that may publish. Default: none may. */
  readonly alarmPrefix?: string;
  /** Keep the topic, with its confirmed subscriptions, when the stack is deleted. */
  readonly retain: boolean;
}

/** The topic whose subscribers are notified of runs: the team of every run, approvers of questions. */
export class TeamTopic extends Construct {
  readonly topic: sns.Topic;
  private readonly key: IKey;

  constructor(
    scope: Construct,
    id: string,
    { displayName, key, emails, retain, alarmPrefix }: TeamTopicProps,
  ) {
    super(scope, id);
    this.key = key;
    this.topic = new sns.Topic(this, 'Topic', {
      displayName,
      masterKey: key,
      enforceSSL: true,
    });
    this.topic.applyRemovalPolicy(removalPolicy(retain));
    if (alarmPrefix !== undefined) this.letAlarmsPublish(alarmPrefix);
    for (const email of emails) this.topic.addSubscription(new EmailSubscription(email));
  }

  /**
   * Lets alarms of the account publish. CloudWatch publishes as itself, so topic and key must name it (Developer Guide,
   * "Securing Amazon SNS data with server-side encryption").
   */
  private letAlarmsPublish(alarmPrefix: string): void {
    const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com');
    const conditions = {
      StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      ArnLike: { 'aws:SourceArn': alarmArn(this, `${alarmPrefix}-*`) },
    };
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfTheEnvironment',
        actions: ['sns:Publish'],
        principals: [cloudWatch],
        resources: [this.topic.topicArn],
        conditions,
      }),
    );
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfTheEnvironment',
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        principals: [cloudWatch],
        resources: ['*'],
        conditions,
      }),
    );
  }

  /**
   * Grants publishing, and the key: SNS encrypts under the caller's role ("Key management", SNS Developer Guide).
   *
   * @param variable environment variable for the topic's ARN
   */
  grantPublish(grantee: Grantee, variable: string = LambdaVariable.TopicArn): void {
    grantee.setVariable?.(variable, this.topic.topicArn);
    grantee.allow(['sns:Publish'], [this.topic.topicArn]);
    grantee.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [this.key.keyArn]);
  }
}
