import {
  MAX_TRIGGER_DETAIL,
  NEXT_RUN_SOURCE,
  SCHEDULED_SOURCE,
  type RunTrigger,
} from '../../lib/contract/triggers';
import type { NextRun } from './decision';

/** The function's input: an event of EventBridge, or the input of one of two schedules. */
export interface IncomingEvent {
  readonly source: string;
  /** ISO 8601. */
  readonly time: string;
  readonly detail?: Readonly<Record<string, unknown>>;
  /** Present in the next run's schedule. */
  readonly nextRun?: Omit<NextRun, 'at'>;
}

export type Read =
  /** An event that requests a run. */
  | { readonly kind: 'request'; readonly time: number; readonly trigger: RunTrigger }
  /** The next run's schedule fired. */
  | { readonly kind: 'start'; readonly nextRun: NextRun };

/** Reads the input. @throws Error for an event that no rule of this app sends */
export function readEvent(event: IncomingEvent): Read {
  const time = Date.parse(event.time);
  if (Number.isNaN(time)) throw new Error(`the event's time is "${event.time}"; must be ISO 8601`);
  if (event.source === NEXT_RUN_SOURCE && event.nextRun) {
    return { kind: 'start', nextRun: { ...event.nextRun, at: time } };
  }
  const { kind, detail } = triggerOf(event);
  return { kind: 'request', time, trigger: { kind, detail: detail.slice(0, MAX_TRIGGER_DETAIL) } };
}

function triggerOf({ source, time, detail = {} }: IncomingEvent): RunTrigger {
  switch (source) {
    case SCHEDULED_SOURCE:
      return { kind: 'schedule', detail: time };
    case 'aws.s3':
      return { kind: 'newData', detail: objectUri(detail as unknown as ObjectDetail) };
    case 'aws.ssm':
      return { kind: 'newCode', detail: String(detail.name) };
    case 'aws.cloudwatch':
      return { kind: 'drift', detail: String(detail.alarmName) };
    default:
      throw new Error(
        `the event's source is "${source}"; expected are the sources of the rules in lib/operations/event-rules.ts`,
      );
  }
}

interface ObjectDetail {
  readonly bucket: { readonly name: string };
  readonly object: { readonly key: string };
}

function objectUri({ bucket, object }: ObjectDetail): string {
  return `s3://${bucket.name}/${object.key}`;
}
