import { randomUUID } from 'node:crypto';
import { StatesError } from './errors';
import type { JsonValue } from './json';

/** The error of SendTaskSuccess, SendTaskFailure or SendTaskHeartbeat; `code` is the API's error name. */
export class TaskTokenError extends Error {
  constructor(
    readonly code: 'InvalidToken' | 'TaskTimedOut',
    message: string,
  ) {
    super(message);
    this.name = 'TaskTokenError';
  }
}

interface PendingTask {
  readonly succeed: (output: JsonValue) => void;
  readonly fail: (error: StatesError) => void;
  readonly heartbeat: () => void;
}

/** A token with its future response. */
export interface IssuedToken {
  readonly token: string;
  readonly answer: Promise<JsonValue>;
  /** Invalidates the token. */
  close(): void;
}

/**
 * The tokens of `.waitForTaskToken` tasks; one registry serves all executions, as the API does not name the execution.
 */
export class TaskTokens {
  private readonly pending = new Map<string, PendingTask>();
  /**
   * @param owner id of the state machine whose task waits
   * @param onHeartbeat called for each SendTaskHeartbeat
   */
  issue(owner: string, onHeartbeat: () => void): IssuedToken {
    const token = Buffer.from(`${owner} ${randomUUID()}`).toString('base64');
    const answer = new Promise<JsonValue>((succeed, fail) => {
      this.pending.set(token, { succeed, fail, heartbeat: onHeartbeat });
    });
    // A failure may arrive before the response is awaited.
    answer.catch(() => {});
    return { token, answer, close: () => this.close(token) };
  }

  /** Returns the id of the state machine of a token, valid or not; undefined for text that is not a token. */
  ownerOf(token: string): string | undefined {
    const text = Buffer.from(token, 'base64').toString();
    return /^(\S+) [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.exec(text)?.[1];
  }

  /** @throws TaskTokenError */
  sendTaskSuccess(token: string, output: JsonValue): void {
    const task = this.find(token);
    this.close(token);
    task.succeed(output);
  }

  /** @throws TaskTokenError */
  sendTaskFailure(token: string, error?: string, cause?: string): void {
    const task = this.find(token);
    this.close(token);
    task.fail(new StatesError(error, cause));
  }

  /** @throws TaskTokenError */
  sendTaskHeartbeat(token: string): void {
    this.find(token).heartbeat();
  }

  private find(token: string): PendingTask {
    const task = this.pending.get(token);
    if (task) return task;
    // The token of a task that has ended, in this process or an earlier one.
    if (this.ownerOf(token) !== undefined) {
      throw new TaskTokenError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
    }
    throw new TaskTokenError('InvalidToken', "Invalid Token: 'Invalid token'");
  }

  private close(token: string): void {
    this.pending.delete(token);
  }
}
