import { notSupported } from '../../model/errors';
import { matchesPattern, type Pattern } from '../../core/event-pattern';
import type { Input } from '../../core/service';
import { invalid, type Protocol, type Subscription } from './topics';

const MAX_BYTES = 262_144;
const MAX_SUBJECT = 100;

export interface Attribute {
  Type: string;
  Value: string;
}

export interface Message {
  id: string;
  topicArn: string;
  subject?: string;
  /** ISO 8601. */
  time: string;
  attributes: Record<string, Attribute>;
  /** Returns the text for each kind of subscription. */
  textFor: (protocol: Protocol) => string;
}

/** Checks the input of Publish against the rules of its reference; the service sets `id`, `topicArn` and `time`. */
export function composeMessage(
  input: Input<'sns', 'Publish'>,
  envelope: Pick<Message, 'id' | 'topicArn' | 'time'>,
): Message {
  const { Message: text = '', Subject, MessageStructure } = input;
  if (input.MessageGroupId !== undefined || input.MessageDeduplicationId !== undefined) {
    throw invalid(
      'MessageGroupId Reason: the topic is not a FIFO topic; remove it and MessageDeduplicationId',
    );
  }
  if (text === '') throw invalid('Empty message');
  if (Subject !== undefined) checkSubject(Subject);
  const attributes = readAttributes(input.MessageAttributes ?? {});
  const bytes = Object.entries(attributes).reduce(
    (sum, [name, { Type, Value }]) => sum + Buffer.byteLength(name + Type + Value),
    Buffer.byteLength(text),
  );
  if (bytes > MAX_BYTES)
    throw invalid(`Message too long: ${bytes} bytes with its attributes, at most ${MAX_BYTES}`);
  return { ...envelope, subject: Subject, attributes, textFor: texts(text, MessageStructure) };
}

function checkSubject(subject: string): void {
  // ASCII, begins with a letter, digit or punctuation, no line breaks or control characters (Publish reference).
  if (subject.length <= MAX_SUBJECT && /^[!-~][ -~]*$/.test(subject)) return;
  throw invalid(
    `Subject '${subject}': 1 to ${MAX_SUBJECT} printable ASCII characters, no line breaks, no space in front; has ${subject.length}`,
  );
}

function texts(text: string, structure: string | undefined): (protocol: Protocol) => string {
  if (structure === undefined) return () => text;
  if (structure !== 'json') throw invalid(`MessageStructure '${structure}': json or nothing`);
  const byProtocol = parse(text);
  if (typeof byProtocol?.default !== 'string') {
    throw invalid('Message Structure - No default entry in JSON message body');
  }
  const fallback = byProtocol.default;
  return (protocol) => (typeof byProtocol[protocol] === 'string' ? byProtocol[protocol] : fallback);
}

function readAttributes(
  input: NonNullable<Input<'sns', 'Publish'>['MessageAttributes']>,
): Record<string, Attribute> {
  return Object.fromEntries(
    Object.entries(input).map(([name, { DataType = '', StringValue, BinaryValue }]) => {
      const binary = DataType.startsWith('Binary');
      const value = binary ? BinaryValue && Buffer.from(BinaryValue).toString('base64') : StringValue;
      if (!/^(String|Number|Binary)(\.|$)/.test(DataType)) {
        throw invalid(
          `The message attribute '${name}' has the type '${DataType}': String, String.Array, Number or Binary`,
        );
      }
      if (!value) {
        throw invalid(
          `The message attribute '${name}' must contain a non-empty ${binary ? 'BinaryValue' : 'StringValue'}`,
        );
      }
      if (DataType === 'Number' && !Number.isFinite(Number(value))) {
        throw invalid(`The message attribute '${name}' is '${value}', which is not a number`);
      }
      return [name, { Type: DataType, Value: value }];
    }),
  );
}

/** Returns true if a subscription's filter accepts the message. */
export function passesFilter({ attributes: settings, protocol }: Subscription, message: Message): boolean {
  if (settings.FilterPolicy === undefined) return true;
  const policy = JSON.parse(settings.FilterPolicy) as Pattern;
  if (settings.FilterPolicyScope === 'MessageBody')
    return matchesPattern(policy, parse(message.textFor(protocol)));
  const values = Object.entries(message.attributes).map(([name, { Type, Value }]) => {
    if (Type === 'Number') return [name, Number(Value)] as const;
    return [name, Type === 'String.Array' ? (JSON.parse(Value) as unknown) : Value] as const;
  });
  return matchesPattern(policy, Object.fromEntries(values));
}

/** Returns a subscription's protocol, if this cloud supports it. */
export function checkProtocol(protocol: string, endpoint: string): Protocol {
  if (protocol === 'email' || protocol === 'email-json') {
    if (/^[^@\s]+@[^@\s]+$/.test(endpoint)) return protocol;
    throw invalid(`Email address '${endpoint}': use the form name@example.com`);
  }
  if (protocol === 'lambda') {
    if (/^arn:aws[a-z-]*:lambda:/.test(endpoint)) return protocol;
    throw invalid(`Lambda endpoint ARN '${endpoint}'`);
  }
  if (['http', 'https', 'sqs', 'sms', 'application', 'firehose'].includes(protocol)) {
    throw notSupported(`SNS's protocol ${protocol}`, 'Subscribe with email, email-json or lambda.');
  }
  throw invalid(`Does not support this protocol string: ${protocol}`);
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
