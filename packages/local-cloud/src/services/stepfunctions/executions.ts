import type { Tag } from '@aws-sdk/client-sfn';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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
import { Integrations } from './integrations';
import { assumeMachineRole } from './machine-role';

/** An execution as DescribeExecution shows it; times in milliseconds since the epoch. */
export interface ExecutionRecord {
  arn: string;
  stateMachineArn: string;
  name: string;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  startDate: number;
  stopDate?: number;
  input: string;
  output?: string;
  error?: string;
  cause?: string;
}

export interface MachineRecord {
  arn: string;
  name: string;
  definition: string;
  roleArn: string;
  created: number;
  updated: number;
  revision: string;
  loggingConfiguration?: object;
  tracingConfiguration?: object;
  tags: Tag[];
}

interface Running {
  history: History;
  abort: AbortController;
  done: Promise<void>;
}

/** Runs executions and keeps them: a record each in the state, a history each in a file, an event a line. */
export class Executions {
  readonly tokens = new TaskTokens();
  private readonly store;
  private readonly integrations: Integrations;
  private readonly running = new Map<string, Running>();
  private readonly clock: Clock;

  constructor(
    private readonly cloud: Cloud,
    clock: CloudClock,
  ) {
    // The interpreter's own clock can wait longer than Node's timers.
    this.clock = clock === cloudClock ? systemClock : clock;
    this.store = cloud.stores.store<Record<string, ExecutionRecord>>('executions', () => ({}));
    this.integrations = new Integrations(cloud);
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
    };
    this.store.data[arn] = record;
    const file = this.file(arn);
    mkdirSync(dirname(file), { recursive: true });
    const history = new History(this.clock, (event) => appendFileSync(file, `${JSON.stringify(event)}\n`));
    const abort = new AbortController();
    this.announce(record);
    this.running.set(arn, { history, abort, done: this.run(machine, record, history, abort.signal) });
    return record;
  }

  async stop(arn: string, error?: string, cause?: string): Promise<void> {
    const execution = this.running.get(arn);
    execution?.abort.abort(new ExecutionStopped(error, cause));
    await execution?.done;
  }

  history(arn: string): HistoryEvent[] {
    const live = this.running.get(arn)?.history.events;
    if (live) return live;
    const file = this.file(arn);
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    return lines.map((line) => {
      const event = JSON.parse(line) as HistoryEvent;
      return { ...event, timestamp: new Date(event.timestamp!) };
    });
  }

  /** Ends what an earlier process left running when it was lost. */
  abandon(): void {
    const cause = 'The local cloud ended while the execution ran.';
    for (const record of Object.values(this.store.data)) {
      if (record.status !== 'RUNNING') continue;
      const event: HistoryEvent = {
        id: this.history(record.arn).length + 1,
        previousEventId: 0,
        timestamp: new Date(this.clock.now()),
        type: 'ExecutionAborted',
        executionAbortedEventDetails: { cause },
      };
      appendFileSync(this.file(record.arn), `${JSON.stringify(event)}\n`);
      this.end(record, { status: 'ABORTED', cause });
    }
  }

  async close(): Promise<void> {
    const cause = 'The local cloud was closed.';
    await Promise.all([...this.running.keys()].map((arn) => this.stop(arn, undefined, cause)));
  }

  private async run(
    machine: MachineRecord,
    record: ExecutionRecord,
    history: History,
    signal: AbortSignal,
  ): Promise<void> {
    const result = await this.interpret(machine, record, history, signal).catch(
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
    this.end(
      record,
      result.status === 'SUCCEEDED' ? { ...result, output: JSON.stringify(result.output) } : result,
    );
  }

  private async interpret(
    machine: MachineRecord,
    record: ExecutionRecord,
    history: History,
    signal: AbortSignal,
  ): Promise<ExecutionResult> {
    const principal = assumeMachineRole(this.cloud, machine, sessionName(record.name));
    return executeStateMachine({
      definition: JSON.parse(machine.definition) as StateMachineDefinition,
      context: {
        Execution: {
          Id: record.arn,
          Input: JSON.parse(record.input) as JsonValue,
          Name: record.name,
          RoleArn: machine.roleArn,
          StartTime: new Date(record.startDate).toISOString(),
        },
        StateMachine: { Id: machine.arn, Name: machine.name },
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

  /** "Step Functions Execution Status Change", as the Developer Guide shows it. */
  private announce(record: ExecutionRecord): void {
    this.store.changed();
    this.cloud.events.publish({
      source: 'aws.states',
      detailType: 'Step Functions Execution Status Change',
      detail: {
        executionArn: record.arn,
        stateMachineArn: record.stateMachineArn,
        name: record.name,
        status: record.status,
        startDate: record.startDate,
        stopDate: record.stopDate ?? null,
        input: record.input,
        output: record.output ?? null,
        inputDetails: { included: true },
        outputDetails: record.output === undefined ? null : { included: true },
        error: record.error ?? null,
        cause: record.cause ?? null,
      },
      resources: [record.arn],
    });
  }

  private file(arn: string): string {
    const [machine = '', name = ''] = arn.split(':').slice(-2);
    return join(this.cloud.stateDirectory, 'executions', machine, `${name}.jsonl`);
  }
}

/** An execution's name has letters that a role's session must not have, and may be shorter. */
function sessionName(executionName: string): string {
  return executionName
    .replace(/[^\w+=,.@-]/g, '-')
    .slice(0, 64)
    .padEnd(2, '-');
}
