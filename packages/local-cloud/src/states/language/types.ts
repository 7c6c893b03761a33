import type { JsonObject, JsonValue } from './json';

/** One attempt of a Task state. */
export interface TaskRequest {
  /** The state's `Resource`, as in the definition. */
  readonly resource: string;
  /** `Arguments`, or `Parameters`, evaluated; the state's input where it has neither. */
  readonly arguments: JsonValue;
  readonly stateName: string;
  /** 0 for the first attempt, then one more for each retry. */
  readonly attempt: number;
  /** The context object (`$states.context`, `$$`), the token in `Task.Token` included. */
  readonly context: JsonObject;
  /** For a resource that ends in `.waitForTaskToken`. */
  readonly taskToken?: string;
  /** `Credentials` evaluated: `{RoleArn}`. */
  readonly credentials?: JsonValue;
  readonly timeoutSeconds?: number;
  readonly heartbeatSeconds?: number;
  /** Aborted on a timeout, a missed heartbeat, a failed sibling branch, a stopped execution. */
  readonly signal: AbortSignal;
  /** Starts the heartbeat's time anew. */
  heartbeat(): void;
  /** For `.sync` resources: the job was accepted; `output` is the answer to the request that started it. */
  submitted(output: JsonValue): void;
}

/** Runs tasks; knows the services that the interpreter does not. */
export interface TaskRunner {
  /**
   * Resolves with the task's result. With a task token: with the answer to the request that hands the token out;
   * the result then comes through `TaskTokens`.
   * @throws StatesError for every error that has a name in AWS; anything else counts as States.TaskFailed
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
    /** 0 or absent for the first attempt. */
    readonly RedriveCount?: number;
    /** ISO 8601; only in a redriven execution. */
    readonly RedriveTime?: string;
  };
  readonly StateMachine: { readonly Id: string; readonly Name: string };
}

/** How an execution ended. `TIMED_OUT` has neither error nor cause, as in DescribeExecution. */
export type ExecutionResult =
  | { readonly status: 'SUCCEEDED'; readonly output: JsonValue }
  | { readonly status: 'FAILED' | 'TIMED_OUT' | 'ABORTED'; readonly error?: string; readonly cause?: string };
