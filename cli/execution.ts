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
    follower.read(await executionHistory(sfn, executionArn));
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

/** Turns a growing history into changes, each reported once. */
export class HistoryFollower {
  events: HistoryEvent[] = [];
  readonly secondsByState: Record<string, number> = {};

  constructor(private readonly onChange: (change: StateChange) => void) {}

  read(events: HistoryEvent[]): void {
    const seen = this.events.length;
    this.events = events;
    for (const event of events.slice(seen)) {
      const entered = event.stateEnteredEventDetails?.name;
      const left = event.stateExitedEventDetails?.name;
      if (entered) this.onChange({ kind: 'entered', name: entered });
      if (left) this.onChange({ kind: 'left', name: left, seconds: this.secondsSinceEntry(event, left) });
    }
  }

  private secondsSinceEntry(exit: HistoryEvent, name: string): number {
    const byId = new Map(this.events.map((event) => [event.id, event]));
    let event: HistoryEvent | undefined = exit;
    while (event && event.stateEnteredEventDetails?.name !== name) event = byId.get(event.previousEventId);
    // Inside of a Map or a Parallel the chain of events passes through the state's own entry too.
    const seconds = event ? (exit.timestamp!.getTime() - event.timestamp!.getTime()) / 1000 : 0;
    this.secondsByState[name] = (this.secondsByState[name] ?? 0) + seconds;
    return seconds;
  }
}
