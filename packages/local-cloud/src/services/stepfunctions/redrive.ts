import { ServiceError } from '../../model/errors';
import { LIMITS } from '../../states';
import type { ExecutionRecord, MachineRecord } from './records';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const REDRIVABLE_PERIOD_MS = 14 * DAY_MS;
const LONGEST_EXECUTION_MS = 365 * DAY_MS;
/** "The API will return idempotent responses for the last 10 client tokens", "valid for up to 15 minutes". */
const TOKENS_KEPT = 10;
const TOKEN_VALID_MS = 15 * MINUTE_MS;

/**
 * Returns why an execution cannot be redriven, undefined if it can. The conditions are those of "Redrive eligibility
 * for unsuccessful executions" (Developer Guide); the messages are those that the API reference lists for
 * `redriveStatusReason` of DescribeExecution, as recorded without a full stop.
 *
 * @param machine the execution's state machine, if it still exists
 */
export function redriveRefusal(
  record: ExecutionRecord,
  machine: MachineRecord | undefined,
  now: number,
): string | undefined {
  const { status, startDate, stopDate = now, events = 0, revision } = record;
  if (!machine || machine.created > startDate) return 'State machine is in DELETING status';
  if (status === 'RUNNING' || status === 'SUCCEEDED') return `Execution is ${status} and cannot be redriven`;
  if (!revision) return 'Execution was started before the launch of RedriveExecution';
  // "Make sure your workflow execution contains less than 24,999 events".
  if (events >= LIMITS.historyEvents - 1) return 'Execution history event limit exceeded';
  if (now - startDate > LONGEST_EXECUTION_MS) return 'Execution has exceeded the max execution time';
  if (now - stopDate > REDRIVABLE_PERIOD_MS) return 'Execution redrivable period exceeded';
  return undefined;
}

/** The redrive members that DescribeExecution and the status change events have. */
export function redriveStatus(record: ExecutionRecord, machine: MachineRecord | undefined, now: number) {
  const reason = redriveRefusal(record, machine, now);
  return {
    redriveCount: record.redriveCount ?? 0,
    redriveStatus: reason === undefined ? ('REDRIVABLE' as const) : ('NOT_REDRIVABLE' as const),
    redriveStatusReason: reason,
  };
}

/** The error's message as recorded: see `test/services/stepfunctions/redrive.test.ts`. */
export function notRedrivable(arn: string, reason: string): ServiceError {
  return new ServiceError('ExecutionNotRedrivable', `Execution ${arn} invalid for redrive as: ${reason}`);
}

/** Returns the date of the redrive that used the client token, if it is still stored. */
export function dateOfToken(
  { redriveTokens = [] }: ExecutionRecord,
  token: string,
  now: number,
): number | undefined {
  return redriveTokens.find((used) => used.token === token && now - used.date <= TOKEN_VALID_MS)?.date;
}

/** Changes the record to that of a redriven, running execution. */
export function markRedriven(record: ExecutionRecord, token: string | undefined, now: number): void {
  delete record.stopDate;
  delete record.error;
  delete record.cause;
  record.status = 'RUNNING';
  record.redriveCount = (record.redriveCount ?? 0) + 1;
  record.redriveDate = now;
  if (token === undefined) return;
  const before = (record.redriveTokens ?? []).filter((used) => used.token !== token);
  record.redriveTokens = [...before, { token, date: now }].slice(-TOKENS_KEPT);
}
