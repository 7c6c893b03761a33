/** The context attributes of an invocation. */
export interface Attributes {
  arn: string;
  /** Milliseconds since the epoch. */
  scheduled: number;
  executionId: string;
  /** The number of the attempt, from 1. */
  attempt: number;
}

/** Replaces the keywords of a payload (User Guide, "Adding context attributes"). */
export function fillAttributes(input: string, { arn, scheduled, executionId, attempt }: Attributes): string {
  return input
    .replaceAll('<aws.scheduler.schedule-arn>', arn)
    .replaceAll('<aws.scheduler.scheduled-time>', wholeSeconds(scheduled))
    .replaceAll('<aws.scheduler.execution-id>', executionId)
    .replaceAll('<aws.scheduler.attempt-number>', String(attempt));
}

/** Returns a time as `2022-03-22T18:59:43Z`. */
export function wholeSeconds(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}
