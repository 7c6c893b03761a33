import type { PipelineName } from './hyperparameters';

/** Kinds of triggers of a run. */
export const TRIGGER_KINDS = ['manual', 'schedule', 'newData', 'newCode', 'drift'] as const;
export type TriggerKind = (typeof TRIGGER_KINDS)[number];

/** Trigger of a run; part of its input, its manifest, its record and its mails. */
export interface RunTrigger {
  readonly kind: TriggerKind;
  /** First cause: an object, a parameter, an alarm or the schedule's time. Empty for a run by hand. */
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

/** Returns the text for messages: `new data: s3://bucket/data/part-1.csv`. */
export function triggerText({ kind, detail }: RunTrigger): string {
  return detail === '' ? WORDS[kind] : `${WORDS[kind]}: ${detail}`;
}

/** Wait after a trigger of a kind, so that related triggers start one run. Minutes. */
export interface QuietPeriod {
  /** Without another trigger. */
  readonly quietMinutes: number;
  /** After the first, at most. */
  readonly maxWaitMinutes: number;
}

/**
 * Name of the one-time schedule that starts the next run; it has a schedule group of its own. There is never more than
 * one, so there is never more than one run to come.
 */
export const NEXT_RUN = 'next-run';

/** Source of the events of the team's schedule and of the next run's. */
export const SCHEDULED_SOURCE = 'pipeline.schedule';
export const NEXT_RUN_SOURCE = 'pipeline.next-run';

/** Replaced by EventBridge Scheduler when it fires. */
export const SCHEDULED_TIME = '<aws.scheduler.scheduled-time>';

/** Returns the SSM parameter that changes when a stack deployment brings other code or another gate. */
export function codeParameterName({ name, model, environment }: PipelineName): string {
  return `/${name}/${model}/${environment}/code`;
}

/** Returns the SSM parameter that names the stack deployment of the last successful trial. */
export function trialParameterName({ name, model, environment }: PipelineName): string {
  return `/${name}/${model}/${environment}/tried`;
}

/** Returns the name prefix of alarms that report that the model no longer fits its data. */
export function driftAlarmPrefix(resourcePrefix: string): string {
  return `${resourcePrefix}-drift`;
}
