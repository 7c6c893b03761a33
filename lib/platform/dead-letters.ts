import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledgements';
import type { Grantee } from './role';
import { FIVE_MINUTES, TeamAlarm, type AlarmContext } from './team-alarm';

/**
 * The queue of events and schedules that could not be delivered after all retries: the function is gone, throttled for
 * hours, or may not be called. One message raises the alarm.
 */
export class DeadLetters extends Construct {
  readonly queue: sqs.Queue;

  constructor(scope: Construct, id: string, context: AlarmContext) {
    super(scope, id);
    this.queue = new sqs.Queue(this, 'Queue', {
      // With a key of KMS, each rule and schedule would need it too.
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // The longest that SQS keeps a message.
      retentionPeriod: Duration.days(14),
    });
    acknowledge(
      this.queue,
      'AwsSolutions-SQS3',
      'it is the dead-letter queue of rules and schedules; nothing consumes it, so nothing could fail on its messages',
    );
    new TeamAlarm(this, context, {
      what: 'events-undelivered',
      description: 'An event or a schedule did not reach its function: a trigger or a notification was lost.',
      metric: this.queue.metricApproximateNumberOfMessagesVisible({
        statistic: cloudwatch.Stats.MAXIMUM,
        period: FIVE_MINUTES,
      }),
      threshold: 1,
    });
  }

  /** Grants EventBridge Scheduler, by the role of a schedule, to add to the queue. */
  grantSend(grantee: Grantee): void {
    grantee.allow(['sqs:SendMessage'], [this.queue.queueArn]);
  }
}
