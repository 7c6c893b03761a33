import { BY_HAND_SOURCE, HOURS_SOURCE, type StartStopAction } from '../../lib/contract/working-hours';

/** The function's input: from a schedule, from a rule on the ends of runs, or from an operator. */
export interface IncomingEvent {
  readonly source: string;
  /** ISO 8601; an operator sends none. */
  readonly time?: string;
  readonly action?: StartStopAction;
  readonly detail?: { readonly executionArn?: string };
}

export type Asked =
  /** A schedule fired. */
  | { readonly kind: 'hours'; readonly action: StartStopAction; readonly time: number }
  /** A run ended, in any status. */
  | { readonly kind: 'run'; readonly executionArn: string; readonly time: number }
  /** An operator starts or stops the endpoint, at any hour. */
  | { readonly kind: 'hand'; readonly action: StartStopAction; readonly time: number };

/**
 * Reads the input.
 *
 * @param now milliseconds since the epoch
 * @throws Error for an event that this app does not send
 */
export function readEvent({ source, time, action, detail }: IncomingEvent, now: number): Asked {
  // Never before the event's time: clocks differ.
  const at = time === undefined ? now : Math.max(now, Date.parse(time));
  if (Number.isNaN(at)) throw new Error(`the event's time is "${time}"; must be ISO 8601`);
  if (action === 'start' || action === 'stop') {
    if (source === HOURS_SOURCE) return { kind: 'hours', action, time: at };
    if (source === BY_HAND_SOURCE) return { kind: 'hand', action, time: at };
  }
  const executionArn = detail?.executionArn;
  if (source === 'aws.states' && executionArn) return { kind: 'run', executionArn, time: at };
  throw new Error(
    `the event's source is "${source}" with the action "${action}"; must be an event that lib/contract/working-hours.ts defines`,
  );
}
