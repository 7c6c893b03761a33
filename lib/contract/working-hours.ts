import { SCHEDULED_TIME } from './triggers';

/** Actions of the working-hours function. */
export type StartStopAction = 'start' | 'stop';

/** Source of the two schedules' events. */
export const HOURS_SOURCE = 'pipeline.working-hours';
/** Source of the events of `mlops endpoint`. */
export const BY_HAND_SOURCE = 'mlops.endpoint';

/** Returns the input of the schedule that starts or stops the endpoint. */
export function scheduledEvent(action: StartStopAction) {
  return { source: HOURS_SOURCE, time: SCHEDULED_TIME, action };
}

/** Outcome of a start or stop. */
export interface StartStopOutcome {
  /** Null where the endpoint was left unchanged. */
  readonly done: 'started' | 'stopped' | null;
  /** Reason; one sentence without a full stop. */
  readonly reason: string;
}

/** Maximum minutes of a start or a stop: Lambda's limit for a function. The endpoint lock is held for as long. */
export const START_STOP_MINUTES = 15;
