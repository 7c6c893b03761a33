import {
  checkDefinition,
  describeDiagnostics,
  executeStateMachine,
  History,
  VirtualClock,
  type ExecutionResult,
  type HistoryEvent,
  type JsonValue,
  type StateMachineDefinition,
  type TaskRequest,
  type TaskTokens,
} from '../states';

export const START_TIME = '2026-01-01T00:00:00.000Z';

/** The name of the execution. */
export const EXECUTION_NAME = 'run-1';

/** A definition's execution. */
export interface DefinitionRun {
  readonly result: ExecutionResult;
  readonly events: HistoryEvent[];
  /** Virtual seconds from the start to the end. */
  readonly seconds: number;
}

export interface DefinitionRunOptions {
  readonly input?: JsonValue;
  /** Answers a task; by default, with the task's own arguments. */
  readonly task?: (request: TaskRequest, clock: VirtualClock) => JsonValue | Promise<JsonValue>;
  readonly taskTokens?: TaskTokens;
  readonly signal?: AbortSignal;
  /** Returns a number in [0, 1): the jitter of retries. */
  readonly random?: () => number;
  readonly clock?: VirtualClock;
}

/**
 * Runs a definition on a virtual clock, without a cloud.
 *
 * @throws Error if Step Functions refuses the definition
 */
export async function runDefinition(
  definition: object,
  options: DefinitionRunOptions = {},
): Promise<DefinitionRun> {
  const { input = {}, task = ({ arguments: value }) => value } = options;
  const problems = checkDefinition(definition);
  if (problems.length > 0) throw new Error(describeDiagnostics(problems));
  const clock = options.clock ?? new VirtualClock(Date.parse(START_TIME));
  const start = clock.now();
  const history = new History(clock);
  const result = await executeStateMachine({
    definition: definition as StateMachineDefinition,
    context: {
      Execution: {
        Id: `arn:aws:states:eu-west-1:123456789012:execution:machine:${EXECUTION_NAME}`,
        Input: input,
        Name: EXECUTION_NAME,
        RoleArn: 'arn:aws:iam::123456789012:role/machine',
        StartTime: START_TIME,
      },
      StateMachine: { Id: 'arn:aws:states:eu-west-1:123456789012:stateMachine:machine', Name: 'machine' },
    },
    tasks: { run: async (request) => task(request, clock) },
    clock,
    history,
    random: options.random ?? (() => 0.5),
    taskTokens: options.taskTokens,
    signal: options.signal,
  });
  return { result, events: history.events, seconds: (clock.now() - start) / 1000 };
}
