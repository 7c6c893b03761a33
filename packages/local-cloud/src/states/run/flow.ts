import type { HistoryEventType } from '@aws-sdk/client-sfn';
import type { Clock } from '../language/clock';
import type { QueryLanguage, State } from '../language/definition';
import type { EventDetails, History, Trace } from '../language/history';
import type { JsonObject, JsonValue } from '../language/json';
import type { Random } from '../language/random';
import type { TaskTokens } from '../language/task-tokens';
import type { ExecutionContext, TaskRunner } from '../language/types';
import { Variables } from '../language/variables';

/** The environment that all states of an execution share. */
export interface Environment {
  readonly queryLanguage: QueryLanguage;
  readonly context: ExecutionContext;
  readonly tasks: TaskRunner;
  readonly taskTokens: TaskTokens;
  readonly clock: Clock;
  readonly random: Random;
  readonly history: History;
  /** The latest ExecutionRedriven event, in a redriven execution. */
  readonly redrivenEventId?: number;
}

export interface MapItem {
  readonly Index: number;
  readonly Value: JsonValue;
}

/** One sequence of states: the execution's own, a branch of Parallel, an iteration of Map. */
export class Flow {
  /** The state that was entered and not yet exited. */
  openState?: State;

  constructor(
    readonly environment: Environment,
    /** Ends the flow: execution stopped or timed out, or a sibling failed. */
    readonly signal: AbortSignal,
    /** The event that the next event follows. */
    public lastEventId = 0,
    readonly variables = new Variables(),
    readonly mapItem?: MapItem,
    /** Indices of the branches and iterations that the flow is in, outermost first. */
    private readonly path: readonly number[] = [],
  ) {}

  record(type: HistoryEventType, details?: EventDetails, trace?: Omit<Trace, 'path'>): number {
    this.lastEventId = this.recordAside(type, details, trace);
    return this.lastEventId;
  }

  /** Records an event that the next event does not follow: Step Functions links the next event to the one before. */
  recordAside(type: HistoryEventType, details?: EventDetails, trace?: Omit<Trace, 'path'>): number {
    const { path, lastEventId } = this;
    return this.environment.history.record(lastEventId, type, details, { path, ...trace });
  }

  /** Returns the flow of branch or iteration `index` within this flow, with its own variables. */
  fork(signal: AbortSignal, lastEventId: number, index: number, mapItem = this.mapItem): Flow {
    const variables = new Variables(this.variables);
    return new Flow(this.environment, signal, lastEventId, variables, mapItem, [...this.path, index]);
  }
}

/** Formats data as in the history. */
export function eventInput(input: JsonValue) {
  return { input: JSON.stringify(input), inputDetails: { truncated: false } };
}

export function eventOutput(output: JsonValue) {
  return { output: JSON.stringify(output), outputDetails: { truncated: false } };
}

export function eventVariables(assigned: JsonObject) {
  if (Object.keys(assigned).length === 0) return {};
  const assignedVariables = Object.fromEntries(
    Object.entries(assigned).map(([name, value]) => [name, JSON.stringify(value)]),
  );
  return { assignedVariables, assignedVariablesDetails: { truncated: false } };
}
