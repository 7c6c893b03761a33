import { paginateGetExecutionHistory, SFNClient, type HistoryEvent } from '@aws-sdk/client-sfn';

/** Returns every event of an execution, oldest first, with its data. */
export async function historyOf(executionArn: string, client = new SFNClient()): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  const pages = paginateGetExecutionHistory({ client }, { executionArn, maxResults: 1_000 });
  for await (const page of pages) events.push(...(page.events ?? []));
  return events;
}

/** Returns the state that was active when the event occurred: the last one that its chain of events entered. */
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

/**
 * Returns the state that caused the end: the last one whose task failed with the execution's error, of which others may
 * have undone the effects since; without one, the state in which the execution ended.
 */
export function failedState(events: readonly HistoryEvent[], error: string | undefined): string | undefined {
  const cause = error === undefined ? undefined : events.findLast((event) => errorOf(event) === error);
  return statesOf(events)(cause ?? events.at(-1));
}

function errorOf({ taskFailedEventDetails: failed, taskTimedOutEventDetails: timedOut }: HistoryEvent) {
  return (failed ?? timedOut)?.error;
}
