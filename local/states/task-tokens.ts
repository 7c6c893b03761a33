import { randomUUID } from 'node:crypto';
import { StatesError } from './errors';
import type { JsonValue } from './json';

/** Refusal of SendTaskSuccess, SendTaskFailure or SendTaskHeartbeat; `code` is the API's error name. */
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

/** A token with the answer that will come for it. */
export interface IssuedToken {
  readonly token: string;
  readonly answer: Promise<JsonValue>;
  /** After this the token is refused. */
  close(): void;
}

/** The tokens of `.waitForTaskToken` tasks; one registry serves all executions, as the API names no execution. */
export class TaskTokens {
  private readonly pending = new Map<string, PendingTask>();
  private readonly closed = new Set<string>();

  /** @param onHeartbeat called for each SendTaskHeartbeat */
  issue(onHeartbeat: () => void): IssuedToken {
    const token = randomUUID();
    const answer = new Promise<JsonValue>((succeed, fail) => {
      this.pending.set(token, { succeed, fail, heartbeat: onHeartbeat });
    });
    // A failure may arrive before anyone awaits the answer.
    answer.catch(() => {});
    return { token, answer, close: () => this.close(token) };
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
    if (this.closed.has(token)) {
      throw new TaskTokenError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
    }
    throw new TaskTokenError('InvalidToken', "Invalid Token: 'Invalid token'");
  }

  private close(token: string): void {
    if (this.pending.delete(token)) this.closed.add(token);
  }
}
