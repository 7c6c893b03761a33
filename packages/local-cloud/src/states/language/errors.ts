/**
 * An error as a state machine sees it: `error` is the name that Retry and Catch match (`ErrorEquals`), `cause`
 * the text beside it. Task runners throw this for every error that has a name in AWS. A Fail state may leave out
 * either.
 */
export class StatesError extends Error {
  constructor(
    readonly error: string | undefined,
    readonly errorCause?: string,
    /** A missed heartbeat: AWS reports States.Timeout, yet States.HeartbeatTimeout matches it too. */
    readonly isHeartbeatTimeout = false,
  ) {
    super([error, errorCause].filter(Boolean).join(': ') || 'The execution failed without an error name.');
    this.name = 'StatesError';
  }

  /** What a catcher puts into the data. Step Functions gives null for what was left out. */
  toErrorOutput(): { Error: string | null; Cause: string | null } {
    return { Error: this.error ?? null, Cause: this.errorCause ?? null };
  }
}

/** A task that ran too long, or that sent no heartbeat in time; the cause is empty, not left out. */
export function timeout({ isHeartbeatTimeout = false } = {}): StatesError {
  return new StatesError('States.Timeout', '', isHeartbeatTimeout);
}

/** A JSONata expression that failed; its state records an EvaluationFailed event with the place. */
export class QueryEvaluationError extends StatesError {
  constructor(
    cause: string,
    /** The field, with `/` between levels: `Arguments/FunctionName`. */
    readonly location: string | undefined,
  ) {
    super('States.QueryEvaluationError', cause);
  }
}

/** The reason of an abort by StopExecution; give it to `AbortController.abort` of the execution's signal. */
export class ExecutionStopped extends Error {
  constructor(
    readonly error?: string,
    readonly errorCause?: string,
  ) {
    super('The execution was stopped.');
    this.name = 'ExecutionStopped';
  }
}

/** Never caught nor retried, whatever a state's Retry and Catch say. */
const UNCATCHABLE = 'States.Runtime';
/** Caught by its own name only. */
const CAUGHT_BY_NAME = 'States.DataLimitExceeded';

/**
 * Does a retrier or catcher apply? Source: "Handling errors in Step Functions workflows", error names.
 * @param names the `ErrorEquals` list
 */
export function matchesError(failure: StatesError, names: readonly string[]): boolean {
  const { error } = failure;
  if (error === UNCATCHABLE) return false;
  return names.some((name) => {
    if (name === error) return true;
    if (name === 'States.HeartbeatTimeout') return failure.isHeartbeatTimeout;
    if (error === CAUGHT_BY_NAME) return false;
    return name === 'States.ALL' || (name === 'States.TaskFailed' && error !== 'States.Timeout');
  });
}
