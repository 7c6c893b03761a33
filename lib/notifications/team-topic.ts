import { ArnFormat, Aws, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal, type IRole } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

export interface TeamTopicProps {
  /** Sender's name of its mails. */
  readonly displayName: string;
  readonly key: IKey;
  readonly emails: readonly string[];
  /** Alarms whose names begin with it and a hyphen may publish. Default: none may. */
  readonly alarmPrefix?: string;
  /** Keep the topic, with its confirmed subscriptions, when the stack is deleted. */
  readonly retain: boolean;
}

/** Where people of the team hear of runs by mail: all of them of every run, or approvers of what waits for them. */
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
    this.topic.applyRemovalPolicy(retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY);
    if (alarmPrefix !== undefined) this.letAlarmsPublish(alarmPrefix);
    for (const email of emails) this.topic.addSubscription(new EmailSubscription(email));
  }

  /**
   * Alarms of the account tell the team. CloudWatch publishes as itself, so topic and key have to name it (Developer
   * Guide, "Securing Amazon SNS data with server-side encryption").
   */
  private letAlarmsPublish(alarmPrefix: string): void {
    const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com');
    const alarms = Stack.of(this).formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: `${alarmPrefix}-*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const conditions = {
      StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      ArnLike: { 'aws:SourceArn': alarms },
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

  /** Publishing, and with the key: SNS encrypts in the caller's name ("Key management", SNS Developer Guide). */
  grantPublish(role: IRole): void {
    role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['sns:Publish'], resources: [this.topic.topicArn] }),
    );
    this.key.grant(role, 'kms:Decrypt', 'kms:GenerateDataKey');
  }
}
