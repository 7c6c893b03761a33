import {
  DescribeExecutionCommand,
  paginateGetExecutionHistory,
  SFNClient,
  type DescribeExecutionOutput,
  type HistoryEvent,
} from '@aws-sdk/client-sfn';
import { until } from './until';

/** A state was entered or left. */
export interface StateChange {
  kind: 'entered' | 'left';
  name: string;
  /** Seconds in the state, when it was left. */
  seconds?: number;
}

/** A finished execution. */
export interface ExecutionResult {
  description: DescribeExecutionOutput;
  events: HistoryEvent[];
  /** Wall-clock seconds by state name; repeated visits are added up. */
  secondsByState: Record<string, number>;
}

/** Returns the ARN of the execution with this name. */
export function executionArnOf(stateMachineArn: string, name: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

export interface Following {
  readonly pollMs: number;
  readonly onChange: (change: StateChange) => void;
  /** Called after each poll, including the last. */
  readonly onLook?: (events: readonly HistoryEvent[]) => Promise<void>;
}

/** Time limit for following a run: Step Functions' quota, an execution ends within a year. */
export const RUN_LIMIT_MS = 366 * 86_400_000;

/** Follows an execution to its end; reports an ended one from its start. @throws Error after {@link RUN_LIMIT_MS} */
export async function followExecution(
  sfn: SFNClient,
  executionArn: string,
  { pollMs, onChange, onLook }: Following,
): Promise<ExecutionResult> {
  const follower = new HistoryFollower(onChange);
  const look = async () => {
    const description = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    follower.add(await eventsAfter(sfn, executionArn, follower.events.length));
    await onLook?.(follower.events);
    return description.status !== 'RUNNING' && description;
  };
  const polling = { everyMs: pollMs, limitMs: RUN_LIMIT_MS };
  const description = await until(`execution ${executionArn} has ended`, look, polling);
  return { description, events: follower.events, secondsByState: follower.secondsByState };
}

/** Returns the whole history, oldest event first. */
export async function executionHistory(client: SFNClient, executionArn: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  const pages = paginateGetExecutionHistory({ client }, { executionArn, maxResults: 1_000 });
  for await (const page of pages) events.push(...(page.events ?? []));
  return events;
}

/** Returns the events after the first `seen`, oldest first. Reads the newest ones only: ids count from 1. */
async function eventsAfter(client: SFNClient, executionArn: string, seen: number): Promise<HistoryEvent[]> {
  const newest: HistoryEvent[] = [];
  // Few events are added between two polls; the first poll reads all.
  const request = { executionArn, reverseOrder: true, maxResults: seen > 0 ? 50 : 1_000 };
  for await (const { events = [] } of paginateGetExecutionHistory({ client }, request)) {
    newest.push(...events.filter(({ id }) => id! > seen));
    if ((events.at(-1)?.id ?? 0) <= seen + 1) break;
  }
  return newest.reverse();
}

/** Reports the state changes of a growing history, each once. */
export class HistoryFollower {
  readonly events: HistoryEvent[] = [];
  readonly secondsByState: Record<string, number> = {};
  private readonly byId = new Map<number, HistoryEvent>();

  constructor(private readonly onChange: (change: StateChange) => void) {}

  /** @param events new events, oldest first */
  add(events: readonly HistoryEvent[]): void {
    for (const event of events) {
      this.events.push(event);
      this.byId.set(event.id!, event);
      const entered = event.stateEnteredEventDetails?.name;
      const left = event.stateExitedEventDetails?.name;
      if (entered) this.onChange({ kind: 'entered', name: entered });
      if (left) this.onChange({ kind: 'left', name: left, seconds: this.secondsSinceEntry(event, left) });
    }
  }

  private secondsSinceEntry(exit: HistoryEvent, name: string): number {
    let event: HistoryEvent | undefined = exit;
    while (event && event.stateEnteredEventDetails?.name !== name) {
      event = this.byId.get(event.previousEventId!);
    }
    // Inside a Map or Parallel state the chain of events has the state's own entry, too.
    const seconds = event ? (exit.timestamp!.getTime() - event.timestamp!.getTime()) / 1000 : 0;
    this.secondsByState[name] = (this.secondsByState[name] ?? 0) + seconds;
    return seconds;
  }
}
