import {
  checkDefinition,
  executeStateMachine,
  History,
  StatesError,
  TaskTokens,
  VirtualClock,
  type ExecutionResult,
  type HistoryEvent,
  type JsonValue,
  type StateMachineDefinition,
  type TaskRequest,
} from '../../src/states';

export const LAMBDA = 'arn:aws:states:::lambda:invoke';
export const START_TIME = '2026-01-01T00:00:00.000Z';

export interface Run {
  readonly result: ExecutionResult;
  readonly events: HistoryEvent[];
  /** Virtual seconds from the start to the end. */
  readonly seconds: number;
}

export interface RunOptions {
  readonly input?: JsonValue;
  readonly task?: (request: TaskRequest, clock: VirtualClock) => JsonValue | Promise<JsonValue>;
  readonly taskTokens?: TaskTokens;
  readonly signal?: AbortSignal;
  readonly random?: () => number;
  readonly clock?: VirtualClock;
}

/** Runs a definition, which must pass its check, on a virtual clock; its tasks answer with their arguments. */
export async function run(definition: object, options: RunOptions = {}): Promise<Run> {
  const { input = {}, task = ({ arguments: value }) => value } = options;
  const clock = options.clock ?? new VirtualClock(Date.parse(START_TIME));
  const start = clock.now();
  const history = new History(clock);
  expect(checkDefinition(definition)).toEqual([]);
  const result = await executeStateMachine({
    definition: definition as StateMachineDefinition,
    context: {
      Execution: {
        Id: 'arn:aws:states:eu-west-1:123456789012:execution:machine:run-1',
        Input: input,
        Name: 'run-1',
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

/** The output of an execution that must succeed. */
export async function outputOf(definition: object, options: RunOptions = {}): Promise<JsonValue> {
  const { result } = await run(definition, options);
  if (result.status !== 'SUCCEEDED') throw new Error(`Expected success, but: ${JSON.stringify(result)}`);
  return result.output;
}

/** A machine of the one state `Only`. */
export function only(state: object, machine: object = {}): object {
  const ends = ['Choice', 'Succeed', 'Fail'].includes((state as { Type: string }).Type);
  return { ...machine, StartAt: 'Only', States: { Only: { ...state, ...(!ends && { End: true }) } } };
}

export const jsonata = (state: object) => only(state, { QueryLanguage: 'JSONata' });

/** A task that fails with these errors in turn, then succeeds. */
export function failing(...errors: (string | StatesError)[]) {
  const left = [...errors];
  return (): JsonValue => {
    const error = left.shift();
    if (error === undefined) return 'recovered';
    throw typeof error === 'string' ? new StatesError(error, 'because') : error;
  };
}

/** `id<previousEventId type` of every event. */
export function outline(events: readonly HistoryEvent[]): string[] {
  return events.map(({ id, previousEventId, type }) => `${id}<${previousEventId} ${type}`);
}
