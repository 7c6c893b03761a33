import { byteLength, type JsonValue } from './json';
import { OversizedResultError, StatesError } from './errors';

const KIB = 1024;

/** Quotas of Standard workflows ("Step Functions service quotas") that the interpreter enforces. */
export const LIMITS = {
  /** Bytes of a state's input, arguments, result or output. */
  payloadBytes: 256 * KIB,
  /** Bytes of one variable, and of all variables that one state assigns. */
  variableBytes: 256 * KIB,
  /** Bytes of all variables of an execution. */
  allVariablesBytes: 10 * KIB * KIB,
  historyEvents: 25_000,
  /** Bytes of a definition. */
  definitionBytes: KIB * KIB,
  /** Concurrent iterations of an inline Map, and the value of MaxConcurrency 0. */
  inlineMapConcurrency: 40,
  stateNameCharacters: 80,
  variableNameCharacters: 80,
  /** Seconds of a Wait, a timeout, a heartbeat. */
  seconds: 99_999_999,
  intrinsicNesting: 10,
} as const;

/** @throws StatesError States.DataLimitExceeded */
export function checkPayloadSize(value: JsonValue, stateName: string): void {
  if (byteLength(value) <= LIMITS.payloadBytes) return;
  throw new StatesError('States.DataLimitExceeded', limitExceeded(stateName));
}

/**
 * @param owner the resource type (`lambda`), or the function's ARN if that is the task's resource: AWS names the task
 * in the cause like this (the recordings named at `matchesError`)
 * @throws OversizedResultError States.DataLimitExceeded
 */
export function checkResultSize(result: JsonValue, owner: string): void {
  if (byteLength(result) <= LIMITS.payloadBytes) return;
  throw new OversizedResultError('States.DataLimitExceeded', limitExceeded(owner));
}

const limitExceeded = (owner: string) =>
  `The state/task '${owner}' returned a result with a size exceeding the maximum number of bytes service limit.`;
