import type { HistoryEvent } from '@aws-sdk/client-sfn';

/**
 * Returns the active states of an execution; of nested states only the innermost.
 *
 * @param events the history so far, oldest first
 */
export function openStates(events: readonly HistoryEvent[]): string[] {
  const previous = new Map(events.map(({ id, previousEventId }) => [id!, previousEventId!]));
  const hasFollower = new Set(previous.values());
  const byId = new Map(events.map((event) => [event.id!, event]));
  const open = events
    .filter(({ id }) => !hasFollower.has(id!))
    .flatMap((event) => {
      for (let at: HistoryEvent | undefined = event; at; at = byId.get(at.previousEventId!)) {
        if (at.stateExitedEventDetails) return [];
        if (at.stateEnteredEventDetails) return [at.stateEnteredEventDetails.name!];
      }
      return [];
    });
  return [...new Set(open)];
}
