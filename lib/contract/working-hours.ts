import { SCHEDULED_TIME } from './triggers';

/** What the endpoint's working hours ask of the function that keeps them. */
export type StartStopAction = 'start' | 'stop';

/** Of the two schedules' input. */
export const HOURS_SOURCE = 'pipeline.working-hours';
/** Of what somebody asks with `mlops endpoint`. */
export const BY_HAND_SOURCE = 'mlops.endpoint';

/** Input of the schedule that starts or stops. */
export function scheduledEvent(action: StartStopAction) {
  return { source: HOURS_SOURCE, time: SCHEDULED_TIME, action };
}

/** What came of it. */
export interface StartStopOutcome {
  /** Null where the endpoint was left as it was. */
  readonly done: 'started' | 'stopped' | null;
  /** Why; one sentence without a full stop. */
  readonly reason: string;
}

/** Minutes that a start or a stop may take: what Lambda gives a function. The endpoint is claimed for as long. */
export const START_STOP_MINUTES = 15;
