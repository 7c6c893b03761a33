/** What can start a run. */
export const TRIGGER_KINDS = ['manual', 'schedule', 'newData', 'newCode', 'drift'] as const;
export type TriggerKind = (typeof TRIGGER_KINDS)[number];

/** Why a run was started; part of its input, its manifest, its record and its mails. */
export interface RunTrigger {
  readonly kind: TriggerKind;
  /** What happened first: an object, a parameter, an alarm or the schedule's time. Empty for a run by hand. */
  readonly detail: string;
}

/** Longest detail, in characters: an S3 key has at most 1,024 bytes, and its bucket's name comes before it. */
export const MAX_TRIGGER_DETAIL = 1_200;

export const BY_HAND: RunTrigger = { kind: 'manual', detail: '' };

const WORDS: Readonly<Record<TriggerKind, string>> = {
  manual: 'started by hand',
  schedule: 'schedule',
  newData: 'new data',
  newCode: 'changed code or settings',
  drift: 'drift',
};

/** For people: `new data: s3://bucket/data/part-1.csv`. */
export function triggerText({ kind, detail }: RunTrigger): string {
  return detail === '' ? WORDS[kind] : `${WORDS[kind]}: ${detail}`;
}

/** How long the function waits after a trigger of a kind, so that what belongs together becomes one run. Minutes. */
export interface QuietPeriod {
  /** Without another trigger. */
  readonly quietMinutes: number;
  /** Since the first, at most. */
  readonly maxWaitMinutes: number;
}

/**
 * Name of the one-time schedule that the next run waits in; a schedule group of its own holds it. There is never more
 * than one, so there is never more than one run to come.
 */
export const NEXT_RUN = 'next-run';

/** What the team's schedule gives to the function, and what the next run's does. */
export const SCHEDULED_SOURCE = 'pipeline.schedule';
export const NEXT_RUN_SOURCE = 'pipeline.next-run';

/** Replaced by EventBridge Scheduler when it fires. */
export const SCHEDULED_TIME = '<aws.scheduler.scheduled-time>';

/** SSM parameter whose change says that a deployment brought other code or another gate. */
export function codeParameterName(name: string, environment: string): string {
  return `/${name}/${environment}/code`;
}

/** Alarms whose names begin with it say that the model no longer fits its data. */
export function driftAlarmPrefix(resourcePrefix: string): string {
  return `${resourcePrefix}-drift`;
}
