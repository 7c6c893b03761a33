import type { JsonObject, JsonValue } from './json';

/** One attempt of a Task state. */
export interface TaskRequest {
  /** The state's `Resource`, as in the definition. */
  readonly resource: string;
  /** `Arguments`, or `Parameters`, evaluated; the state's input if it has neither. */
  readonly arguments: JsonValue;
  readonly stateName: string;
  /** 0 for the first attempt, then 1 for the first retry, and so on. */
  readonly attempt: number;
  /** The context object (`$states.context`, `$$`), including the token in `Task.Token`. */
  readonly context: JsonObject;
  /** Set for a resource that ends in `.waitForTaskToken`. */
  readonly taskToken?: string;
  /** `Credentials` evaluated: `{RoleArn}`. */
  readonly credentials?: JsonValue;
  readonly timeoutSeconds?: number;
  readonly heartbeatSeconds?: number;
  /** Aborted on a timeout, a missed heartbeat, a failed sibling branch, a stopped execution. */
  readonly signal: AbortSignal;
  /** Restarts the heartbeat's time. */
  heartbeat(): void;
  /** For `.sync` resources: the job was accepted; `output` is the response to the request that started it. */
  submitted(output: JsonValue): void;
}

/** Runs tasks: calls the services, which the interpreter does not know. */
export interface TaskRunner {
  /**
   * Resolves with the task's result. With a task token: resolves with the response to the request that passes the
   * token; the result then comes through `TaskTokens`.
   * @throws StatesError for every error that has a name in AWS; any other error counts as States.TaskFailed
   */
  run(request: TaskRequest): Promise<JsonValue>;
}

/** `Execution` and `StateMachine` of the context object. */
export interface ExecutionContext {
  readonly Execution: {
    /** The execution's ARN. */
    readonly Id: string;
    readonly Input: JsonValue;
    readonly Name: string;
    readonly RoleArn: string;
    /** ISO 8601. */
    readonly StartTime: string;
    /** 0 or undefined for the first attempt. */
    readonly RedriveCount?: number;
    /** ISO 8601; only in a redriven execution. */
    readonly RedriveTime?: string;
  };
  readonly StateMachine: { readonly Id: string; readonly Name: string };
}

/** The result of an execution. `TIMED_OUT` has neither error nor cause, as in DescribeExecution. */
export type ExecutionResult =
  | { readonly status: 'SUCCEEDED'; readonly output: JsonValue }
  | { readonly status: 'FAILED' | 'TIMED_OUT' | 'ABORTED'; readonly error?: string; readonly cause?: string };
