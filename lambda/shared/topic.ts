import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Message } from './messages';

/** The team's topic. */
export class Topic {
  constructor(
    private readonly arn: string,
    private readonly client = new SNSClient(),
  ) {}

  async publish({ subject, body }: Message): Promise<void> {
    await this.client.send(new PublishCommand({ TopicArn: this.arn, Subject: subject, Message: body }));
  }
}
