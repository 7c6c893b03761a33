import type { HistoryEventType } from '@aws-sdk/client-sfn';
import type { Clock } from '../language/clock';
import type { QueryLanguage, State } from '../language/definition';
import type { EventDetails, History, Trace } from '../language/history';
import type { JsonObject, JsonValue } from '../language/json';
import type { Random } from '../language/random';
import type { TaskTokens } from '../language/task-tokens';
import type { ExecutionContext, TaskRunner } from '../language/types';
import { Variables } from '../language/variables';

/** What all states of an execution share. */
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

/** One thread of states: the execution's own, a branch of Parallel, an iteration of Map. */
export class Flow {
  /** The state that was entered and not left yet. */
  openState?: State;

  constructor(
    readonly environment: Environment,
    /** Ends the flow: execution stopped or timed out, sibling failed. */
    readonly signal: AbortSignal,
    /** The event that the next one follows. */
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

  /** Records an event that the next one does not follow: Step Functions links what comes after to the state before. */
  recordAside(type: HistoryEventType, details?: EventDetails, trace?: Omit<Trace, 'path'>): number {
    const { path, lastEventId } = this;
    return this.environment.history.record(lastEventId, type, details, { path, ...trace });
  }

  /** The branch or iteration `index` within this flow, with variables of its own. */
  fork(signal: AbortSignal, lastEventId: number, index: number, mapItem = this.mapItem): Flow {
    const variables = new Variables(this.variables);
    return new Flow(this.environment, signal, lastEventId, variables, mapItem, [...this.path, index]);
  }
}

/** Data as the history holds it. */
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
