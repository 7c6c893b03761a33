import { StatesError, type HistoryEvent, type JsonValue } from '../../src/states';
import {
  runDefinition as run,
  type DefinitionRunOptions as RunOptions,
} from '../../src/testing/run-definition';

export { runDefinition as run, START_TIME } from '../../src/testing/run-definition';
export const LAMBDA = 'arn:aws:states:::lambda:invoke';

/** Returns the output of an execution that must succeed. */
export async function outputOf(definition: object, options: RunOptions = {}): Promise<JsonValue> {
  const { result } = await run(definition, options);
  if (result.status !== 'SUCCEEDED') throw new Error(`Expected success, but: ${JSON.stringify(result)}`);
  return result.output;
}

/** Returns a machine with the single state `Only`. */
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

/** Returns `id<previousEventId type` of every event. */
export function outline(events: readonly HistoryEvent[]): string[] {
  return events.map(({ id, previousEventId, type }) => `${id}<${previousEventId} ${type}`);
}
