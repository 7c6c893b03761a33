import type { HistoryEventType } from '@aws-sdk/client-sfn';
import type { MapState, ParallelState, State, TaskState } from '../language/definition';
import { matchesError, StatesError } from '../language/errors';
import type { JsonValue } from '../language/json';
import { JsonataData } from './jsonata-data';
import { PathData } from './path-data';
import { checkPayloadSize } from '../language/limits';
import { eventInput, eventOutput, eventVariables, type Flow } from './flow';
import { runMap } from './map';
import { runParallel } from './parallel';
import type { EnteredState } from './progress';
import { Retries } from './retry';
import type { Completion, StateData } from './state-data';
import { runTask } from './task';
import { Visit } from './visit';

/** The end of a state: the next state and its output. */
interface Passage extends Completion {
  /** Undefined if the graph ends. */
  readonly next?: string;
}

type FallibleState = TaskState | ParallelState | MapState;

/**
 * Runs one state with its retries and catchers.
 * @param entered the entry of an earlier attempt, which a redrive continues without another `…StateEntered` event
 * @throws StatesError the errors that the state did not catch; the signal's reason if the flow is ended
 */
export async function runState(
  name: string,
  state: State,
  input: JsonValue,
  flow: Flow,
  entered?: EnteredState,
): Promise<{ output: JsonValue; next?: string }> {
  flow.signal.throwIfAborted();
  const visit = new Visit(
    flow,
    state,
    entered ? reenter(state, entered, flow) : enter(name, state, input, flow),
  );
  flow.openState = state;
  try {
    const { output, assigned, next } = await pass(visit, dataOf(visit));
    visit.assign(assigned);
    const details = { name, ...eventOutput(output), ...eventVariables(assigned) };
    flow.record(stateEvent(state, 'Exited'), { stateExitedEventDetails: details }, { next: next ?? null });
    flow.openState = undefined;
    return { output, next };
  } catch (error) {
    flow.signal.throwIfAborted();
    visit.noteFailure(error);
    throw error;
  }
}

function enter(name: string, state: State, input: JsonValue, flow: Flow): EnteredState {
  const precedingEventId = flow.lastEventId;
  const eventId = flow.record(stateEvent(state, 'Entered'), {
    stateEnteredEventDetails: { name, ...eventInput(input) },
  });
  const time = flow.environment.history.events[eventId - 1]!.timestamp!.getTime();
  return { name, input, eventId, precedingEventId, time };
}

/**
 * Continues a state after a redrive. New events follow the state's original entry, except for the failure of a Fail
 * state, which follows ExecutionRedriven, as recorded from AWS: see `test/states/redrive.test.ts`.
 */
function reenter({ Type }: State, entered: EnteredState, flow: Flow): EnteredState {
  flow.lastEventId = Type === 'Fail' ? flow.environment.redrivenEventId! : entered.eventId;
  return entered;
}

function stateEvent({ Type }: State, what: string): HistoryEventType {
  return `${Type}State${what}` as HistoryEventType;
}

function dataOf(visit: Visit): StateData {
  const language = visit.state.QueryLanguage ?? visit.flow.environment.queryLanguage;
  return language === 'JSONata' ? new JsonataData(visit) : new PathData(visit);
}

async function pass(visit: Visit, data: StateData): Promise<Passage> {
  const { state, flow } = visit;
  const { clock } = flow.environment;
  switch (state.Type) {
    case 'Task':
      return persist(visit, data, state, () => runTask(visit as Visit<TaskState>, data));
    case 'Parallel':
      return persist(visit, data, state, () => runParallel(visit as Visit<ParallelState>, data));
    case 'Map':
      return persist(visit, data, state, () => runMap(visit as Visit<MapState>, data));
    case 'Pass':
      return sized(visit, {
        ...(await data.complete(state, await data.passResult(state))),
        next: state.Next,
      });
    case 'Wait':
      await wait(visit, await data.waitTime(state, clock.now()));
      return sized(visit, { ...(await data.complete(state, data.input())), next: state.Next });
    case 'Succeed':
      return sized(visit, await data.complete(state, data.input()));
    case 'Choice': {
      const chosen = await data.choose(state);
      if (chosen) return sized(visit, chosen);
      const cause = visit.locate('None of the Choices matched, and there is no Default.');
      throw new StatesError('States.NoChoiceMatched', cause);
    }
    case 'Fail':
      throw await data.failure(state);
  }
}

/** The longest wait in milliseconds: seconds are a 32-bit number. */
const LONGEST_WAIT = (2 ** 31 - 1) * 1000;

async function wait(visit: Visit, milliseconds: number): Promise<void> {
  if (milliseconds > LONGEST_WAIT) throw visit.runtimeError('Wait state delay is too long.');
  await visit.flow.environment.clock.sleep(milliseconds, visit.flow.signal);
}

/** Repeats the work of a state by its Retry, and passes the remaining errors to its Catch. */
async function persist(
  visit: Visit,
  data: StateData,
  state: FallibleState,
  work: () => Promise<JsonValue>,
): Promise<Passage> {
  const { flow } = visit;
  const { clock, random } = flow.environment;
  const retries = new Retries(state.Retry ?? [], random);
  for (;;) {
    let working = true;
    try {
      const result = await work();
      working = false;
      return sized(visit, { ...(await data.complete(state, result)), next: state.Next });
    } catch (error) {
      if (flow.signal.aborted || !(error instanceof StatesError)) throw error;
      visit.noteFailure(error);
      const delay = retries.next(error);
      if (delay === undefined) {
        if (working) recordFailed(visit, error);
        return caught(visit, data, state, error);
      }
      await clock.sleep(delay, flow.signal);
      visit.retryCount++;
    }
  }
}

/** A task has its own events; a runtime error ends the execution without this event. */
function recordFailed({ flow, state }: Visit, { error }: StatesError): void {
  if (state.Type !== 'Task' && error !== 'States.Runtime') flow.record(stateEvent(state, 'Failed'));
}

async function caught(
  visit: Visit,
  data: StateData,
  state: FallibleState,
  error: StatesError,
): Promise<Passage> {
  const catcher = state.Catch?.find(({ ErrorEquals }) => matchesError(error, ErrorEquals, 'Catch'));
  if (!catcher) throw error;
  return sized(visit, { ...(await data.caught(catcher, error)), next: catcher.Next });
}

function sized(visit: Visit, passage: Passage): Passage {
  checkPayloadSize(passage.output, visit.name);
  return passage;
}
