import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { CloudEvent } from '../../core/events';

const MAX_BYTES = 262_144;

type Read = { event: CloudEvent } | { failure: { ErrorCode: string; ErrorMessage: string } };

/** Reads one entry of PutEvents. An invalid entry fails alone, as in EventBridge; the others are published. */
export function readEntry({ Source, DetailType, Detail, Resources, Time }: PutEventsRequestEntry): Read {
  if (!Source)
    return fail('InvalidArgument', 'Parameter Source is not valid. Reason: Source is a required argument.');
  if (!DetailType) {
    return fail(
      'InvalidArgument',
      'Parameter DetailType is not valid. Reason: DetailType is a required argument.',
    );
  }
  if (!Detail)
    return fail('InvalidArgument', 'Parameter Detail is not valid. Reason: Detail is a required argument.');
  if (/^aws\./.test(Source)) {
    return fail(
      'NotAuthorizedForSourceException',
      `Not authorized for the source ${Source}: aws. is for AWS services.`,
    );
  }
  const bytes = Buffer.byteLength(Source + DetailType + Detail + (Resources ?? []).join(''));
  if (bytes > MAX_BYTES)
    return fail('InvalidArgument', `The entry has ${bytes} bytes; at most ${MAX_BYTES} are allowed.`);
  const detail = parseObject(Detail);
  if (!detail) return fail('MalformedDetail', 'Detail is malformed: it must be a JSON object.');
  return {
    event: { source: Source, detailType: DetailType, detail, resources: Resources, time: Time?.getTime() },
  };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function fail(ErrorCode: string, ErrorMessage: string): Read {
  return { failure: { ErrorCode, ErrorMessage } };
}
