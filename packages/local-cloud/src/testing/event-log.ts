import type { EventEnvelope } from '../core/events';

/** The events of a cloud's services, past and future. */
export class EventLog {
  readonly events: EventEnvelope[] = [];
  private readonly waiting = new Set<() => void>();

  /** Continues with another cloud after a restart. */
  listen(cloud: { onEvent(listener: (event: EventEnvelope) => void): unknown }): void {
    cloud.onEvent((event) => {
      this.events.push(event);
      this.waiting.forEach((check) => check());
    });
  }

  /** Resolves with the first event, past or to come, that matches. */
  event(matches: (event: EventEnvelope) => boolean): Promise<EventEnvelope> {
    return new Promise((resolve) => {
      const check = () => {
        const found = this.events.find(matches);
        if (!found) return;
        this.waiting.delete(check);
        resolve(found);
      };
      this.waiting.add(check);
      check();
    });
  }
}
