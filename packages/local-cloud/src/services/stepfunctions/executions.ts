import { systemClock as cloudClock, type Clock as CloudClock } from '../../core/clock';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import {
  executeStateMachine,
  ExecutionStopped,
  History,
  systemClock,
  TaskTokens,
  type Clock,
  type ExecutionResult,
  type HistoryEvent,
  type JsonValue,
  type StateMachineDefinition,
} from '../../states';
import { HistoryFiles } from './history-files';
import { Integrations } from './integrations';
import { assumeMachineRole } from './machine-role';
import type { Machines } from './machines';
import type { ExecutionRecord, MachineRecord } from './records';
import { dateOfToken, markRedriven, notRedrivable, redriveRefusal } from './redrive';
import { statusChange } from './status-change';

interface Running {
  history: History;
  abort: AbortController;
  done: Promise<void>;
}

/** Runs executions and stores them: a record in the state and a history file for each. */
export class Executions {
  readonly tokens = new TaskTokens();
  private readonly store;
  private readonly integrations: Integrations;
  private readonly running = new Map<string, Running>();
  private readonly files: HistoryFiles;
  private readonly clock: Clock;

  constructor(
    private readonly cloud: Cloud,
    private readonly machines: Machines,
    clock: CloudClock,
  ) {
    // The interpreter's own clock can wait longer than Node's timers.
    this.clock = clock === cloudClock ? systemClock : clock;
    this.store = cloud.stores.store<Record<string, ExecutionRecord>>('executions', () => ({}));
    this.integrations = new Integrations(cloud);
    this.files = new HistoryFiles(cloud.stateDirectory);
  }

  get(arn: string): ExecutionRecord | undefined {
    return this.store.data[arn];
  }

  of(stateMachineArn: string): ExecutionRecord[] {
    return Object.values(this.store.data).filter((record) => record.stateMachineArn === stateMachineArn);
  }

  start(machine: MachineRecord, arn: string, name: string, input: string): ExecutionRecord {
    const record: ExecutionRecord = {
      arn,
      stateMachineArn: machine.arn,
      name,
      status: 'RUNNING',
      startDate: this.cloud.clock.now(),
      input,
      revision: machine.revision,
    };
    this.files.saveSnapshot(arn, machine.revision, machine);
    this.store.data[arn] = record;
    this.launch(record);
    return record;
  }

  /**
   * Continues an unsuccessful execution. For a client token that was used before, returns the date of its redrive,
   * regardless of the execution's status.
   *
   * @returns the date of the redrive
   * @throws ServiceError ExecutionNotRedrivable
   */
  redrive(record: ExecutionRecord, clientToken?: string): number {
    const now = this.cloud.clock.now();
    const earlier = clientToken === undefined ? undefined : dateOfToken(record, clientToken, now);
    if (earlier !== undefined) return earlier;
    const refusal = redriveRefusal(record, this.machines.data[record.stateMachineArn], now);
    if (refusal) throw notRedrivable(record.arn, refusal);
    markRedriven(record, clientToken, now);
    this.launch(record);
    return now;
  }

  async stop(arn: string, error?: string, cause?: string): Promise<void> {
    const execution = this.running.get(arn);
    execution?.abort.abort(new ExecutionStopped(error, cause));
    await execution?.done;
  }

  history(arn: string): HistoryEvent[] {
    return this.running.get(arn)?.history.events ?? this.files.read(arn).map(({ event }) => event);
  }

  /** Aborts the executions that an earlier process left running. */
  abandon(): void {
    const cause = 'The local cloud ended while the execution ran.';
    for (const record of Object.values(this.store.data)) {
      if (record.status !== 'RUNNING') continue;
      const id = this.history(record.arn).length + 1;
      this.files.append(record.arn, {
        id,
        previousEventId: 0,
        timestamp: new Date(this.clock.now()),
        type: 'ExecutionAborted',
        executionAbortedEventDetails: { cause },
      });
      this.end(record, { status: 'ABORTED', cause, events: id });
    }
  }

  async close(): Promise<void> {
    const cause = 'The local cloud was closed.';
    await Promise.all([...this.running.keys()].map((arn) => this.stop(arn, undefined, cause)));
  }

  private launch(record: ExecutionRecord): void {
    const { arn, redriveCount = 0 } = record;
    const before = redriveCount > 0 ? this.files.read(arn) : [];
    const history = new History(this.clock, (event, trace) => this.files.append(arn, event, trace), before);
    const abort = new AbortController();
    this.announce(record);
    this.running.set(arn, { history, abort, done: this.run(record, history, abort.signal) });
  }

  private async run(record: ExecutionRecord, history: History, signal: AbortSignal): Promise<void> {
    const result = await this.interpret(record, history, signal).catch(
      (error: unknown): ExecutionResult =>
        error instanceof ServiceError
          ? { status: 'FAILED', error: error.code, cause: error.message }
          : {
              status: 'FAILED',
              error: 'States.Runtime',
              cause: `The interpreter failed: ${error instanceof Error ? error.stack : String(error)}`,
            },
    );
    this.running.delete(record.arn);
    const events = history.events.length;
    if (result.status !== 'SUCCEEDED') return this.end(record, { ...result, events });
    this.end(record, { status: result.status, output: JSON.stringify(result.output), events });
  }

  private async interpret(
    record: ExecutionRecord,
    history: History,
    signal: AbortSignal,
  ): Promise<ExecutionResult> {
    const { arn, stateMachineArn, revision, redriveCount, redriveDate } = record;
    const { definition, roleArn } = this.files.snapshot(arn, revision!);
    const machine = { arn: stateMachineArn, roleArn };
    const principal = assumeMachineRole(this.cloud, machine, sessionName(record.name));
    return executeStateMachine({
      definition: JSON.parse(definition) as StateMachineDefinition,
      context: {
        Execution: {
          Id: arn,
          Input: JSON.parse(record.input) as JsonValue,
          Name: record.name,
          RoleArn: roleArn,
          StartTime: new Date(record.startDate).toISOString(),
          ...(redriveDate !== undefined && {
            RedriveCount: redriveCount,
            RedriveTime: new Date(redriveDate).toISOString(),
          }),
        },
        StateMachine: { Id: stateMachineArn, Name: stateMachineArn.split(':').at(-1)! },
      },
      tasks: this.integrations.runnerFor({ principal }),
      taskTokens: this.tokens,
      clock: this.clock,
      history,
      signal,
    });
  }

  private end(record: ExecutionRecord, changes: Partial<ExecutionRecord>): void {
    Object.assign(record, changes, { stopDate: this.cloud.clock.now() });
    this.announce(record);
  }

  private announce(record: ExecutionRecord): void {
    this.store.changed(record.arn);
    const machine = this.machines.data[record.stateMachineArn];
    this.cloud.events.publish(statusChange(record, machine, this.cloud.clock.now()));
  }
}

/** An execution's name may contain characters that are invalid in a role session name, and may be longer. */
function sessionName(executionName: string): string {
  return executionName
    .replace(/[^\w+=,.@-]/g, '-')
    .slice(0, 64)
    .padEnd(2, '-');
}
