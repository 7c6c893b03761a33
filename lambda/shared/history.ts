import { paginateGetExecutionHistory, SFNClient, type HistoryEvent } from '@aws-sdk/client-sfn';

/** Every event of an execution, oldest first, with its data. */
export async function historyOf(executionArn: string, client = new SFNClient()): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  const pages = paginateGetExecutionHistory({ client }, { executionArn, maxResults: 1_000 });
  for await (const page of pages) events.push(...(page.events ?? []));
  return events;
}

/** Tells the state that an event of the history belongs to: the one that the chain of events up to it has entered. */
export function statesOf(
  events: readonly HistoryEvent[],
): (event: HistoryEvent | undefined) => string | undefined {
  const byId = new Map(events.map((event) => [event.id, event]));
  return (event) => {
    let at = event;
    while (at && !at.stateEnteredEventDetails) at = byId.get(at.previousEventId);
    return at?.stateEnteredEventDetails?.name;
  };
}
