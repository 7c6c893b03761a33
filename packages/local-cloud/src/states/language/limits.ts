import { byteLength, type JsonValue } from './json';
import { StatesError } from './errors';

const KIB = 1024;

/** Quotas of Standard workflows ("Step Functions service quotas") that the interpreter enforces. */
export const LIMITS = {
  /** Bytes of a state's input, arguments, result or output. */
  payloadBytes: 256 * KIB,
  /** Bytes of one variable, and of all that one state assigns. */
  variableBytes: 256 * KIB,
  /** Bytes of all variables of an execution. */
  allVariablesBytes: 10 * KIB * KIB,
  historyEvents: 25_000,
  /** Bytes of a definition. */
  definitionBytes: KIB * KIB,
  /** Iterations of an inline Map at a time, and what MaxConcurrency 0 means. */
  inlineMapConcurrency: 40,
  stateNameCharacters: 80,
  variableNameCharacters: 80,
  /** Seconds of a Wait, a timeout, a heartbeat. */
  seconds: 99_999_999,
  intrinsicNesting: 10,
} as const;

/**
 * @param owner the state's name or, for a task's result, its resource type, as AWS names them in the cause
 * @throws StatesError States.DataLimitExceeded
 */
export function checkPayloadSize(value: JsonValue, owner: string): void {
  if (byteLength(value) <= LIMITS.payloadBytes) return;
  throw new StatesError(
    'States.DataLimitExceeded',
    `The state/task '${owner}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}
