import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  type HistoryEvent,
} from '@aws-sdk/client-sfn';

/** How an execution ended. */
export interface EndedExecution {
  readonly status: string;
  readonly error?: string;
  readonly cause?: string;
  /** JSON. */
  readonly input?: string;
  /** State in which it ended, where the last events tell. */
  readonly state?: string;
}

/** The state that failed is among the last events; one page of them is enough. */
const LAST_EVENTS = 100;

export class Executions {
  constructor(private readonly client = new SFNClient()) {}

  async describeFailure(executionArn: string): Promise<EndedExecution> {
    const [{ status, error, cause, input }, { events }] = await Promise.all([
      this.client.send(new DescribeExecutionCommand({ executionArn })),
      this.client.send(
        new GetExecutionHistoryCommand({
          executionArn,
          reverseOrder: true,
          maxResults: LAST_EVENTS,
          includeExecutionData: false,
        }),
      ),
    ]);
    return { status: status!, error, cause, input, state: lastState(events ?? []) };
  }
}

/** @param events newest first; the newest is the execution's end */
export function lastState(events: readonly HistoryEvent[]): string | undefined {
  const byId = new Map(events.map((event) => [event.id, event]));
  let event: HistoryEvent | undefined = events[0];
  while (event && !event.stateEnteredEventDetails) event = byId.get(event.previousEventId);
  return event?.stateEnteredEventDetails?.name;
}
