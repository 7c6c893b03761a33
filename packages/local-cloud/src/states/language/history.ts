import type { HistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn';
import type { Clock } from './clock';
import { StatesError } from './errors';
import { LIMITS } from './limits';

export type { HistoryEvent };
/** The `…EventDetails` member of an event. */
export type EventDetails = Omit<HistoryEvent, 'id' | 'previousEventId' | 'timestamp' | 'type'>;

/** The events of one execution, in the shape of GetExecutionHistory. */
export class History {
  readonly events: HistoryEvent[] = [];

  constructor(
    private readonly clock: Clock,
    /** Called for each event as it happens. */
    private readonly listener: (event: HistoryEvent) => void = () => {},
  ) {}

  /**
   * @param previousEventId 0 for what follows the start of the execution, as Step Functions numbers it
   * @returns the event's id
   * @throws StatesError States.Runtime when only the event that ends the execution still fits
   */
  record(previousEventId: number, type: HistoryEventType, details: EventDetails = {}): number {
    if (this.events.length >= LIMITS.historyEvents - 1) {
      throw new StatesError(
        'States.Runtime',
        `The execution reached the maximum number of history events (${LIMITS.historyEvents}).`,
      );
    }
    return this.append(previousEventId, type, details);
  }

  /** Records how the execution ended, for which there is always room. */
  recordEnd(previousEventId: number, type: HistoryEventType, details: EventDetails): void {
    this.append(previousEventId, type, details);
  }

  private append(previousEventId: number, type: HistoryEventType, details: EventDetails): number {
    const id = this.events.length + 1;
    const event = { id, previousEventId, timestamp: new Date(this.clock.now()), type, ...details };
    this.events.push(event);
    this.listener(event);
    return id;
  }
}
