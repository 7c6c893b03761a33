import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Message } from './messages';
import type { Subscription, Topic } from './topics';

/** Returns a mail as SNS sends it, in the format of RFC 5322: headers, an empty line, the text. Lines end in CRLF. */
export function composeMail(
  message: Message,
  topic: Topic,
  { protocol, endpoint, arn }: Subscription,
): string {
  const text =
    protocol === 'email-json'
      ? JSON.stringify(notification(message), null, 2)
      : `${message.textFor(protocol)}\n\n--\nSent to ${endpoint} by the topic ${topic.arn}.\nTo stop these mails, unsubscribe ${arn}.`;
  const headers = {
    From: `"${(topic.attributes.DisplayName ?? 'AWS Notifications').replace(/["\r\n]/g, '')}" <no-reply@sns.amazonaws.com>`,
    To: endpoint,
    Subject: message.subject ?? 'AWS Notification Message',
    Date: new Date(message.time).toUTCString().replace('GMT', '+0000'),
    'Message-ID': `<${message.id}@sns.local>`,
    'MIME-Version': '1.0',
    'Content-Type': `${protocol === 'email-json' ? 'application/json' : 'text/plain'}; charset=UTF-8`,
    'Content-Transfer-Encoding': '8bit',
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [...head, '', text].join('\n').replace(/\r?\n/g, '\r\n') + '\r\n';
}

/** Writes a mail to the folder; names sort by time. The mail is not sent. */
export async function deliverMail(directory: string, message: Message, mail: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const subject = (message.subject ?? 'notification').replace(/[^\w]+/g, '-').slice(0, 60);
  const file = join(
    directory,
    `${message.time.replaceAll(':', '')}-${message.id.slice(0, 8)}-${subject}.eml`,
  );
  // A reader of the folder never sees an incomplete mail.
  await writeFile(`${file}.tmp`, mail);
  await rename(`${file}.tmp`, file);
}

/** Returns the message as email-json and Lambda subscribers receive it. */
export function notification(message: Message) {
  return {
    Type: 'Notification',
    MessageId: message.id,
    TopicArn: message.topicArn,
    Subject: message.subject ?? null,
    Message: message.textFor('email-json'),
    Timestamp: message.time,
    MessageAttributes: message.attributes,
  };
}
