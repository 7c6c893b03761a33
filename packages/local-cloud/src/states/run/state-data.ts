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

/** What leaves a state: its output, and the variables it assigns. */
export interface Completion {
  readonly output: JsonValue;
  readonly assigned: JsonObject;
}

/** A Choice state's way on: the rule that matched, or the Default. */
export interface Chosen extends Completion {
  readonly next: string;
}

/**
 * How one state visit reads and shapes data: the fields of its query language. The state's work is the same in both;
 * see `jsonpath/path-data.ts` and `jsonata/jsonata-data.ts`.
 */
export interface StateData {
  /** What the state's work starts from, where it takes no arguments: `InputPath` applied; in JSONata the input. */
  input(): JsonValue;
  taskArguments(state: TaskState | ParallelState): Promise<JsonValue>;
  credentials(state: TaskState): Promise<JsonValue | undefined>;
  /** Seconds, undefined where the state has no such field. */
  timeLimit(state: TaskState, field: 'TimeoutSeconds' | 'HeartbeatSeconds'): Promise<number | undefined>;
  passResult(state: PassState): Promise<JsonValue>;
  /** Milliseconds from `now`. */
  waitTime(state: WaitState, now: number): Promise<number>;
  items(state: MapState): Promise<JsonValue[]>;
  itemInput(state: MapState, item: MapItem): Promise<JsonValue>;
  /** 0 for no limit of its own. */
  maxConcurrency(state: MapState): Promise<number>;
  /** Undefined where no rule matches and there is no Default. */
  choose(state: ChoiceState): Promise<Chosen | undefined>;
  failure(state: FailState): Promise<StatesError>;
  complete(state: Exclude<State, ChoiceState | FailState>, result: JsonValue): Promise<Completion>;
  caught(catcher: Catcher, error: StatesError): Promise<Completion>;
}
