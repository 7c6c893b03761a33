import {
  DescribeExecutionCommand,
  paginateGetExecutionHistory,
  SFNClient,
  type DescribeExecutionOutput,
  type HistoryEvent,
} from '@aws-sdk/client-sfn';
import { setTimeout as sleep } from 'node:timers/promises';

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
  /** Wall-clock seconds by state name, repeated visits added up. */
  secondsByState: Record<string, number>;
}

/** @returns the ARN of the execution that a machine ran, or runs, under this name */
export function executionArnOf(stateMachineArn: string, name: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

export interface Following {
  readonly pollMs: number;
  readonly onChange: (change: StateChange) => void;
  /** After each look, the last one included. */
  readonly onLook?: (events: readonly HistoryEvent[]) => Promise<void>;
}

/** Follows an execution to its end; one that has ended is told from its beginning. */
export async function followExecution(
  sfn: SFNClient,
  executionArn: string,
  { pollMs, onChange, onLook }: Following,
): Promise<ExecutionResult> {
  const follower = new HistoryFollower(onChange);
  for (;;) {
    const description = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    follower.add(await eventsAfter(sfn, executionArn, follower.events.length));
    await onLook?.(follower.events);
    if (description.status !== 'RUNNING') {
      return { description, events: follower.events, secondsByState: follower.secondsByState };
    }
    await sleep(pollMs);
  }
}

/** The whole history, oldest event first. */
export async function executionHistory(client: SFNClient, executionArn: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  const pages = paginateGetExecutionHistory({ client }, { executionArn, maxResults: 1_000 });
  for await (const page of pages) events.push(...(page.events ?? []));
  return events;
}

/** What came after the first `seen` events, oldest first; the newest are asked for, since their ids count from 1. */
async function eventsAfter(client: SFNClient, executionArn: string, seen: number): Promise<HistoryEvent[]> {
  const newest: HistoryEvent[] = [];
  // Between two looks there are few, at the first all that there are.
  const request = { executionArn, reverseOrder: true, maxResults: seen > 0 ? 50 : 1_000 };
  for await (const { events = [] } of paginateGetExecutionHistory({ client }, request)) {
    newest.push(...events.filter(({ id }) => id! > seen));
    if ((events.at(-1)?.id ?? 0) <= seen + 1) break;
  }
  return newest.reverse();
}

/** Turns a growing history into changes, each reported once. */
export class HistoryFollower {
  readonly events: HistoryEvent[] = [];
  readonly secondsByState: Record<string, number> = {};
  private readonly byId = new Map<number, HistoryEvent>();

  constructor(private readonly onChange: (change: StateChange) => void) {}

  /** @param events those that follow the ones it has, oldest first */
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
    // Inside of a Map or a Parallel the chain of events passes through the state's own entry too.
    const seconds = event ? (exit.timestamp!.getTime() - event.timestamp!.getTime()) / 1000 : 0;
    this.secondsByState[name] = (this.secondsByState[name] ?? 0) + seconds;
    return seconds;
  }
}
