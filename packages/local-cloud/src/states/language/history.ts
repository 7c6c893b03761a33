import type { HistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn';
import type { Clock } from './clock';
import { StatesError } from './errors';
import type { JsonValue } from './json';
import { LIMITS } from './limits';

export type { HistoryEvent };
/** The `…EventDetails` member of an event. */
export type EventDetails = Omit<HistoryEvent, 'id' | 'previousEventId' | 'timestamp' | 'type'>;

/** The data of an event that the API does not return and that a redrive needs. */
export interface Trace {
  /** Indices of the branches and iterations that contain the event, outermost first; empty at the top level. */
  readonly path: readonly number[];
  /** For `…StateExited`: the name of the next state, or null at the end of the graph. */
  readonly next?: string | null;
  /** For `ParallelStateStarted`: the input of the branches. For `MapStateStarted`: the items. */
  readonly data?: JsonValue;
}

export interface HistoryEntry {
  readonly event: HistoryEvent;
  readonly trace: Trace;
}

const TOP_LEVEL: Trace = { path: [] };

/** The events of one execution, in the shape of GetExecutionHistory. */
export class History {
  readonly events: HistoryEvent[];
  private readonly traces: Trace[];

  /** @param before the events of the earlier attempts, if the execution is redriven */
  constructor(
    private readonly clock: Clock,
    /** Called for each new event. */
    private readonly listener: (event: HistoryEvent, trace: Trace) => void = () => {},
    before: readonly HistoryEntry[] = [],
  ) {
    this.events = before.map(({ event }) => event);
    this.traces = before.map(({ trace }) => trace);
  }

  get entries(): HistoryEntry[] {
    return this.events.map((event, i) => ({ event, trace: this.traces[i]! }));
  }

  /**
   * @param previousEventId 0 for the events after the start of the execution, as Step Functions numbers them
   * @returns the event's id
   * @throws StatesError States.Runtime if there is room only for the event that ends the execution
   */
  record(
    previousEventId: number,
    type: HistoryEventType,
    details: EventDetails = {},
    trace: Trace = TOP_LEVEL,
  ): number {
    if (this.events.length >= LIMITS.historyEvents - 1) {
      throw new StatesError(
        'States.Runtime',
        `The execution reached the maximum number of history events (${LIMITS.historyEvents}).`,
      );
    }
    return this.append(previousEventId, type, details, trace);
  }

  /** Records the end of the execution, for which there is always room. */
  recordEnd(previousEventId: number, type: HistoryEventType, details: EventDetails): void {
    this.append(previousEventId, type, details, TOP_LEVEL);
  }

  private append(
    previousEventId: number,
    type: HistoryEventType,
    details: EventDetails,
    trace: Trace,
  ): number {
    const id = this.events.length + 1;
    const event = { id, previousEventId, timestamp: new Date(this.clock.now()), type, ...details };
    this.events.push(event);
    this.traces.push(trace);
    this.listener(event, trace);
    return id;
  }
}
