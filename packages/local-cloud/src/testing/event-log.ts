import type { EventEnvelope } from '../core/events';

const LIMIT_MS = 120_000;

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

  /**
   * Resolves with the first event, past or to come, that matches.
   *
   * @throws Error with the condition's source and the latest event, if there is none within two minutes
   */
  event(matches: (event: EventEnvelope) => boolean): Promise<EventEnvelope> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(check);
        const latest = JSON.stringify(this.events.at(-1) ?? null);
        reject(
          new Error(`no event within ${LIMIT_MS / 1_000} s for ${String(matches)}; the latest is ${latest}`),
        );
      }, LIMIT_MS);
      const check = () => {
        const found = this.events.find(matches);
        if (!found) return;
        clearTimeout(timer);
        this.waiting.delete(check);
        resolve(found);
      };
      this.waiting.add(check);
      check();
    });
  }
}
