import {
  checkDefinition,
  describeDiagnostics,
  executeStateMachine,
  History,
  StatesError,
  VirtualClock,
  type ExecutionResult,
  type HistoryEntry,
  type JsonValue,
  type StateMachineDefinition,
  type TaskRequest,
} from '../../src/states';

import { LAMBDA, outline, START_TIME } from './support';

export interface Attempt {
  readonly result: ExecutionResult;
  /** `id<previousEventId type` of the attempt's own events. */
  readonly events: string[];
  /** Virtual seconds that the attempt took. */
  readonly seconds: number;
}

interface AttemptOptions {
  readonly task?: (request: TaskRequest) => JsonValue | Promise<JsonValue>;
  readonly signal?: AbortSignal;
  /** The process is killed after that many events; the execution counts as aborted. */
  readonly lostAfter?: number;
}

/** Runs an execution, then redrives it with each further entry of `attempts`, one hour apart. */
export async function runAttempts(
  definition: object,
  attempts: readonly AttemptOptions[],
  input: JsonValue = {},
): Promise<Attempt[]> {
  const problems = checkDefinition(definition);
  if (problems.length > 0) throw new Error(describeDiagnostics(problems));
  const clock = new VirtualClock(Date.parse(START_TIME));
  const done: Attempt[] = [];
  let entries: HistoryEntry[] = [];
  for (const [count, { task = () => 'done', signal, lostAfter }] of attempts.entries()) {
    const start = clock.now();
    // As after a restart: the history is read from its file.
    const history = new History(clock, undefined, reread(entries));
    const redriven = { RedriveCount: count, RedriveTime: new Date(start).toISOString() };
    const result = await executeStateMachine({
      definition: definition as StateMachineDefinition,
      context: {
        Execution: {
          Id: 'arn:aws:states:eu-west-1:123456789012:execution:machine:run-1',
          Name: 'run-1',
          RoleArn: 'arn:aws:iam::123456789012:role/machine',
          StartTime: START_TIME,
          Input: input,
          ...(count > 0 && redriven),
        },
        StateMachine: { Id: 'arn:aws:states:eu-west-1:123456789012:stateMachine:machine', Name: 'machine' },
      },
      tasks: { run: async (request) => task(request) },
      clock,
      history,
      signal,
    });
    const seconds = (clock.now() - start) / 1000;
    done.push({ result, events: outline(history.events.slice(entries.length)), seconds });
    entries = lostAfter === undefined ? history.entries : lost(history.entries.slice(0, lostAfter));
    await clock.sleep(3_600_000, new AbortController().signal);
  }
  return done;
}

/** Completes the history as the cloud does when it starts again. */
function lost(entries: HistoryEntry[]): HistoryEntry[] {
  const id = entries.length + 1;
  const timestamp = new Date(START_TIME);
  return [
    ...entries,
    { event: { id, previousEventId: 0, timestamp, type: 'ExecutionAborted' }, trace: { path: [] } },
  ];
}

function reread(entries: readonly HistoryEntry[]): HistoryEntry[] {
  return (JSON.parse(JSON.stringify(entries)) as HistoryEntry[]).map(({ event, trace }) => ({
    event: { ...event, timestamp: new Date(event.timestamp!) },
    trace,
  }));
}

export const task = (more: object = {}) => ({
  ...{ Type: 'Task', Resource: LAMBDA, ...more },
  ...('Next' in more ? {} : { End: true }),
});
export const branch = (name: string, state: object = task()) => ({
  StartAt: name,
  States: { [name]: state },
});
export const machine = (States: Record<string, object>, more: object = {}) => ({
  StartAt: Object.keys(States)[0],
  States,
  ...more,
});
export const JSONATA = { QueryLanguage: 'JSONata' };

/** Tasks that fail in the named states, and record which states ran. */
export function tasks(...failing: string[]) {
  const ran: string[] = [];
  const run = ({ stateName, context }: TaskRequest): JsonValue => {
    const { Index } = (context.Map as { Item?: { Index: number } } | undefined)?.Item ?? {};
    const name = Index === undefined ? stateName : `${stateName} ${Index}`;
    ran.push(name);
    if (failing.includes(name)) throw new StatesError('Broken', name);
    return name;
  };
  return { ran, task: run };
}

export const FAILED = (name: string) => ({ status: 'FAILED', error: 'Broken', cause: name });

/** Settles only when the task ends otherwise. */
export function until(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
}

export async function later<T>(run: () => T): Promise<T> {
  await new Promise((resolve) => setImmediate(resolve));
  return run();
}
