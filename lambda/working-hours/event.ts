import { BY_HAND_SOURCE, HOURS_SOURCE, type StartStopAction } from '../../lib/contract/working-hours';

/** What the function is told: by a schedule, by a rule on the ends of runs, or by an operator. */
export interface IncomingEvent {
  readonly source: string;
  /** ISO 8601; an operator has none. */
  readonly time?: string;
  readonly action?: StartStopAction;
  readonly detail?: { readonly executionArn?: string };
}

export type Asked =
  /** A schedule fired. */
  | { readonly kind: 'hours'; readonly action: StartStopAction; readonly time: number }
  /** A run ended, however. */
  | { readonly kind: 'run'; readonly executionArn: string; readonly time: number }
  /** Somebody wants it now, whatever the hours are. */
  | { readonly kind: 'hand'; readonly action: StartStopAction; readonly time: number };

/**
 * @param now milliseconds since the epoch
 * @throws Error for what nothing of this app sends
 */
export function readEvent({ source, time, action, detail }: IncomingEvent, now: number): Asked {
  // Never before what happened: clocks differ.
  const at = time === undefined ? now : Math.max(now, Date.parse(time));
  if (Number.isNaN(at)) throw new Error(`the event's time is "${time}"; expected is ISO 8601`);
  if (action === 'start' || action === 'stop') {
    if (source === HOURS_SOURCE) return { kind: 'hours', action, time: at };
    if (source === BY_HAND_SOURCE) return { kind: 'hand', action, time: at };
  }
  const executionArn = detail?.executionArn;
  if (source === 'aws.states' && executionArn) return { kind: 'run', executionArn, time: at };
  throw new Error(
    `the event's source is "${source}" with the action "${action}"; expected is what lib/hours/ sends`,
  );
}
