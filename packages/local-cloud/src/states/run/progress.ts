import type { HistoryEntry, HistoryEvent } from '../language/history';
import type { JsonObject, JsonValue } from '../language/json';

/** The progress of a flow of states in the earlier attempts of a redriven execution. */
export interface Progress {
  /** The event that the flow's next event follows. */
  readonly lastEventId: number;
  /** The variables that the flow's states assigned. */
  readonly variables: JsonObject;
  /** The state that was entered and not exited: it runs again, with the same entry. */
  readonly entered?: EnteredState;
  /** The next state to enter. */
  readonly next?: { readonly name: string; readonly input: JsonValue };
  /** Set if the flow ended successfully. */
  readonly ended?: { readonly output: JsonValue };
}

export interface EnteredState {
  readonly name: string;
  readonly input: JsonValue;
  readonly eventId: number;
  /** The event before the state's entry. */
  readonly precedingEventId: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** For Parallel and Map: the branches of the last attempt. */
  readonly branches?: BranchesProgress;
}

export interface BranchesProgress {
  readonly startedEventId: number;
  /** The branches' input, or the Map's items. */
  readonly data: JsonValue;
  /** The branches or iterations that have started, by index. */
  readonly started: ReadonlyMap<number, Progress>;
  /** True if `…StateSucceeded` was recorded: the failure came after the last branch. */
  readonly succeeded: boolean;
  /** True if the execution failed with States.DataLimitExceeded. */
  readonly oversized: boolean;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Open<T> = T extends ReadonlyMap<infer K, Progress> ? Map<K, Node> : T;
type Branches = { -readonly [K in keyof BranchesProgress]: Open<BranchesProgress[K]> };
interface Node extends Mutable<Omit<Progress, 'entered'>> {
  entered?: Mutable<Omit<EnteredState, 'branches'>> & { branches?: Branches };
}

/** Reads from the history the successful states and the point at which the execution stopped. */
export function readProgress(entries: readonly HistoryEntry[]): Progress {
  const oversized =
    entries.findLast(({ event }) => event.executionFailedEventDetails)?.event.executionFailedEventDetails
      ?.error === 'States.DataLimitExceeded';
  const root = newNode(0);
  for (const { event, trace } of entries) {
    const node = trace.path.reduce(child, root);
    const type = event.type!;
    if (type.endsWith('StateEntered')) enter(node, event);
    else if (type.endsWith('StateExited')) exit(node, event, trace.next ?? null);
    else if (type === 'ParallelStateStarted' || type === 'MapStateStarted') {
      node.entered!.branches = {
        startedEventId: event.id!,
        data: trace.data!,
        started: new Map(),
        succeeded: false,
        oversized,
      };
    } else if (type === 'ParallelStateSucceeded' || type === 'MapStateSucceeded') {
      node.entered!.branches!.succeeded = true;
    } else if (type === 'MapIterationStarted' || type === 'MapIterationSucceeded') {
      node.lastEventId = event.id!;
    }
  }
  return root;
}

const newNode = (lastEventId: number): Node => ({ lastEventId, variables: {} });

function child({ entered }: Node, index: number): Node {
  const { started, startedEventId } = entered!.branches!;
  const found = started.get(index) ?? newNode(startedEventId);
  started.set(index, found);
  return found;
}

function enter(node: Node, { id, previousEventId, timestamp, stateEnteredEventDetails }: HistoryEvent): void {
  const { name, input } = stateEnteredEventDetails!;
  node.next = undefined;
  node.lastEventId = id!;
  node.entered = {
    name: name!,
    input: JSON.parse(input!) as JsonValue,
    eventId: id!,
    precedingEventId: previousEventId!,
    time: timestamp!.getTime(),
  };
}

function exit(node: Node, { id, stateExitedEventDetails }: HistoryEvent, next: string | null): void {
  const { output, assignedVariables = {} } = stateExitedEventDetails!;
  const data = JSON.parse(output!) as JsonValue;
  node.entered = undefined;
  node.lastEventId = id!;
  for (const [name, value] of Object.entries(assignedVariables)) {
    node.variables[name] = JSON.parse(value) as JsonValue;
  }
  if (next === null) node.ended = { output: data };
  else node.next = { name: next, input: data };
}
