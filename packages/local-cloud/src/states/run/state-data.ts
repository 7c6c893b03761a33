import type {
  Catcher,
  ChoiceState,
  FailState,
  MapState,
  ParallelState,
  PassState,
  State,
  TaskState,
  WaitState,
} from '../language/definition';
import type { StatesError } from '../language/errors';
import type { JsonObject, JsonValue } from '../language/json';
import type { MapItem } from './flow';

/** The results of a state: its output, and the variables that it assigns. */
export interface Completion {
  readonly output: JsonValue;
  readonly assigned: JsonObject;
}

/** The transition of a Choice state: by the rule that matched, or the Default. */
export interface Chosen extends Completion {
  readonly next: string;
}

/**
 * Reads and writes the data of one state visit: the fields of its query language. The state's work is the same in both;
 * see `jsonpath/path-data.ts` and `jsonata/jsonata-data.ts`.
 */
export interface StateData {
  /** Returns the input of the state's work without arguments: `InputPath` applied; in JSONata the input. */
  input(): JsonValue;
  taskArguments(state: TaskState | ParallelState): Promise<JsonValue>;
  credentials(state: TaskState): Promise<JsonValue | undefined>;
  /** Returns seconds, or undefined if the state does not have the field. */
  timeLimit(state: TaskState, field: 'TimeoutSeconds' | 'HeartbeatSeconds'): Promise<number | undefined>;
  passResult(state: PassState): Promise<JsonValue>;
  /** Returns milliseconds from `now`. */
  waitTime(state: WaitState, now: number): Promise<number>;
  items(state: MapState): Promise<JsonValue[]>;
  itemInput(state: MapState, item: MapItem): Promise<JsonValue>;
  /** Returns 0 if the state has no limit. */
  maxConcurrency(state: MapState): Promise<number>;
  /** Returns undefined if no rule matches and there is no Default. */
  choose(state: ChoiceState): Promise<Chosen | undefined>;
  failure(state: FailState): Promise<StatesError>;
  complete(state: Exclude<State, ChoiceState | FailState>, result: JsonValue): Promise<Completion>;
  caught(catcher: Catcher, error: StatesError): Promise<Completion>;
}
