import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { RunInput } from '../../lib/contract/run';

/** The executions of the pipeline's state machine. */
export class Runs {
  constructor(
    private readonly stateMachineArn: string,
    private readonly client = new SFNClient(),
  ) {}

  async exists(runId: string): Promise<boolean> {
    const executionArn = `${this.stateMachineArn.replace(':stateMachine:', ':execution:')}:${runId}`;
    try {
      await this.client.send(new DescribeExecutionCommand({ executionArn }));
      return true;
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return false;
      throw error;
    }
  }

  async anyRunning(): Promise<boolean> {
    const { executions = [] } = await this.list('RUNNING');
    return executions.length > 0;
  }

  /** Returns the start of the newest run, in milliseconds since the epoch. */
  async newestStart(): Promise<number | undefined> {
    // Newest first (API Reference, ListExecutions).
    return (await this.list()).executions?.[0]?.startDate?.getTime();
  }

  /** Starts a run, once per id: a second call has no effect. */
  async start(runId: string, input: RunInput): Promise<void> {
    const { stateMachineArn } = this;
    try {
      await this.client.send(
        new StartExecutionCommand({ stateMachineArn, name: runId, input: JSON.stringify(input) }),
      );
    } catch (error) {
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
    }
  }

  private list(statusFilter?: 'RUNNING') {
    const { stateMachineArn } = this;
    return this.client.send(new ListExecutionsCommand({ stateMachineArn, statusFilter, maxResults: 1 }));
  }
}
