/**
 * An error of a state machine: `error` is the name that Retry and Catch match (`ErrorEquals`), `cause` is its
 * description. Task runners throw it for every error that has a name in AWS. A Fail state may omit either.
 */
export class StatesError extends Error {
  constructor(
    readonly error: string | undefined,
    readonly errorCause?: string,
    /** A missed heartbeat: AWS reports States.Timeout, but States.HeartbeatTimeout matches it too. */
    readonly isHeartbeatTimeout = false,
  ) {
    super([error, errorCause].filter(Boolean).join(': ') || 'The execution failed without an error name.');
    this.name = 'StatesError';
  }

  /** Returns the error output of a catcher. Step Functions sets omitted members to null. */
  toErrorOutput(): { Error: string | null; Cause: string | null } {
    return { Error: this.error ?? null, Cause: this.errorCause ?? null };
  }
}

/** A task that ran too long, or that did not send a heartbeat in time; the cause is an empty string. */
export function timeout({ isHeartbeatTimeout = false } = {}): StatesError {
  return new StatesError('States.Timeout', '', isHeartbeatTimeout);
}

/** The failure of a task whose result is larger than a payload may be. */
export class OversizedResultError extends StatesError {}

/** A JSONata expression that failed; its state records an EvaluationFailed event with the location. */
export class QueryEvaluationError extends StatesError {
  constructor(
    cause: string,
    /** The field, with `/` between levels: `Arguments/FunctionName`. */
    readonly location: string | undefined,
  ) {
    super('States.QueryEvaluationError', cause);
  }
}

/** The abort reason of StopExecution; pass it to `AbortController.abort` of the execution's signal. */
export class ExecutionStopped extends Error {
  constructor(
    readonly error?: string,
    readonly errorCause?: string,
  ) {
    super('The execution was stopped.');
    this.name = 'ExecutionStopped';
  }
}

/** Errors that no Retry and no Catch can handle. */
const UNCATCHABLE = 'States.Runtime';
/** Errors that only their own name matches, except for {@link OversizedResultError}. */
const MATCHED_BY_NAME = 'States.DataLimitExceeded';

/**
 * Returns whether a retrier or catcher applies. Source: "Handling errors in Step Functions workflows", error names.
 *
 * The guide says that States.ALL cannot catch States.DataLimitExceeded. In recordings of AWS a Catch for States.ALL
 * does catch it as the error of a Lambda task with a large result, with `lambda:invoke` and with the function's ARN:
 * https://github.com/localstack/localstack/blob/8b9a79f05846835cf4dff63ab7eefdde9df83783/tests/aws/services/stepfunctions/v2/error_handling/test_states_errors.snapshot.json
 * (2024-03-21, `…catch_state_all_data_limit_exceeded…`). The code follows the recordings, also for the results of other
 * tasks. There is no recording for Retry, for States.TaskFailed, or for large inputs and outputs of states: those
 * follow the guide.
 *
 * @param names the `ErrorEquals` list
 */
export function matchesError(
  failure: StatesError,
  names: readonly string[],
  field: 'Retry' | 'Catch',
): boolean {
  const { error } = failure;
  if (error === UNCATCHABLE) return false;
  return names.some((name) => {
    if (name === error) return true;
    if (name === 'States.HeartbeatTimeout') return failure.isHeartbeatTimeout;
    if (error === MATCHED_BY_NAME) {
      return name === 'States.ALL' && field === 'Catch' && failure instanceof OversizedResultError;
    }
    return name === 'States.ALL' || (name === 'States.TaskFailed' && error !== 'States.Timeout');
  });
}
