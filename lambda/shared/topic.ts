import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { escapeLines } from '../../containers/table/escape.ts';
import type { Message } from './messages';

/** The team's topic. */
export class Topic {
  constructor(
    private readonly arn: string,
    private readonly client = new SNSClient(),
  ) {}

  /** Publishes a message. It may quote the data: characters that a mail program could interpret are escaped. */
  async publish({ subject, body }: Message): Promise<void> {
    await this.client.send(
      new PublishCommand({ TopicArn: this.arn, Subject: subject, Message: escapeLines(body) }),
    );
  }
}
