import type { Clock } from '../language/clock';
import { systemClock } from '../language/clock';
import type { StateMachineDefinition } from '../language/definition';
import { ExecutionStopped, StatesError } from '../language/errors';
import { History } from '../language/history';
import type { Random } from '../language/random';
import { TaskTokens } from '../language/task-tokens';
import type { ExecutionContext, ExecutionResult, TaskRunner } from '../language/types';
import { eventInput, eventOutput, Flow } from './flow';
import { runGraph } from './graph';
import { readProgress } from './progress';
import { errorDetails } from './task-events';

export interface ExecutionOptions {
  /** A definition without findings of `checkDefinition`. */
  readonly definition: StateMachineDefinition;
  /**
   * The execution's part of the context object; its input is `Execution.Input`. With a `RedriveCount` above 0 the
   * execution continues from the end of its `history`.
   */
  readonly context: ExecutionContext;
  readonly tasks: TaskRunner;
  /** @default new TaskTokens(), whose tokens cannot be answered */
  readonly taskTokens?: TaskTokens;
  /** @default systemClock */
  readonly clock?: Clock;
  /** @default Math.random */
  readonly random?: Random;
  /** Receives the events; can be read while the execution runs. @default a new history */
  readonly history?: History;
  /** Stops the execution; abort it with an `ExecutionStopped` to set error and cause. */
  readonly signal?: AbortSignal;
}

/** The abort reason after the state machine's own TimeoutSeconds. */
class ExecutionTimedOut extends Error {}

/**
 * Runs an execution until its end. It rejects only for an error of the interpreter itself; every error of the state
 * machine is in the result.
 */
export async function executeStateMachine(options: ExecutionOptions): Promise<ExecutionResult> {
  const { definition, context, tasks, clock = systemClock, random = Math.random } = options;
  const { history = new History(clock), taskTokens = new TaskTokens() } = options;
  const { Input: input, RoleArn: roleArn } = context.Execution;
  const end = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, end.signal]) : end.signal;
  const queryLanguage = definition.QueryLanguage ?? 'JSONPath';
  if (history.events.length === 0) {
    const executionStartedEventDetails = { ...eventInput(input), roleArn };
    history.record(0, 'ExecutionStarted', { executionStartedEventDetails });
  }
  const { RedriveCount: redriveCount = 0 } = context.Execution;
  const progress = redriveCount > 0 ? readProgress(history.entries) : undefined;
  const redrivenEventId = progress && recordRedriven(history, redriveCount);
  const flow = new Flow(
    { queryLanguage, context, tasks, taskTokens, clock, random, history, redrivenEventId },
    signal,
  );
  if (definition.TimeoutSeconds !== undefined) {
    clock.sleep(definition.TimeoutSeconds * 1000, signal, 'limit').then(
      () => end.abort(new ExecutionTimedOut()),
      () => {},
    );
  }
  try {
    const output = await runGraph(definition, input, flow, progress);
    history.recordEnd(flow.lastEventId, 'ExecutionSucceeded', {
      executionSucceededEventDetails: eventOutput(output),
    });
    return { status: 'SUCCEEDED', output };
  } catch (error) {
    return unsuccessful(error, flow);
  } finally {
    end.abort();
  }
}

function recordRedriven(history: History, redriveCount: number): number {
  const executionRedrivenEventDetails = { redriveCount };
  return history.record(history.events.length, 'ExecutionRedriven', { executionRedrivenEventDetails });
}

function unsuccessful(
  error: unknown,
  { signal, environment: { history }, lastEventId }: Flow,
): ExecutionResult {
  if (!signal.aborted) {
    if (!(error instanceof StatesError)) throw error;
    const details = errorDetails(error);
    history.recordEnd(lastEventId, 'ExecutionFailed', { executionFailedEventDetails: details });
    return { status: 'FAILED', ...details };
  }
  if (signal.reason instanceof ExecutionTimedOut) {
    history.recordEnd(0, 'ExecutionTimedOut', { executionTimedOutEventDetails: {} });
    return { status: 'TIMED_OUT' };
  }
  const details = signal.reason instanceof ExecutionStopped ? errorDetails(signal.reason) : {};
  // In Step Functions, this event has no previous event.
  history.recordEnd(0, 'ExecutionAborted', { executionAbortedEventDetails: details });
  return { status: 'ABORTED', ...details };
}
