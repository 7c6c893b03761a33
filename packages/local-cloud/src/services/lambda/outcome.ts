import type { Report } from './platform-log';
import type { Answered, Exited, InitFailed } from './runtime-signals';

/** The result of an invocation, as returned to the caller. */
export interface Outcome {
  /** The handler's response, or `{errorType, errorMessage, trace}`. */
  payload: Buffer;
  status: Report['status'];
  errorType?: string;
}

/** The quota of a synchronous response in bytes. */
export const MAX_PAYLOAD = 6_291_556;

/** Returns the outcome of an invocation that ended before its timeout. */
export function outcomeOf(requestId: string, how: InitFailed | Answered | Exited): Outcome {
  switch (how.kind) {
    case 'init failed':
      return { payload: how.body, status: 'failure', errorType: typeOf(how.body) };
    case 'exit': {
      const what = how.reason === undefined ? 'without providing a reason' : `with error: ${how.reason}`;
      return failure('failure', 'Runtime.ExitError', `RequestId: ${requestId} Error: Runtime exited ${what}`);
    }
    case 'response':
      return how.body.length > MAX_PAYLOAD
        ? tooLarge(how.body.length)
        : { payload: how.body, status: 'success' };
    case 'error':
      return how.body.length > MAX_PAYLOAD
        ? tooLarge(how.body.length)
        : { payload: how.body, status: 'error', errorType: typeOf(how.body) };
  }
}

export function timedOut(requestId: string, timeoutMs: number): Outcome {
  const message = `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
  return failure('timeout', 'Sandbox.Timedout', message);
}

function tooLarge(bytes: number): Outcome {
  const message = `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${MAX_PAYLOAD} bytes).`;
  return failure('error', 'Function.ResponseSizeTooLarge', message);
}

function failure(status: Outcome['status'], errorType: string, errorMessage: string): Outcome {
  return { payload: Buffer.from(JSON.stringify({ errorType, errorMessage })), status, errorType };
}

function typeOf(body: Buffer): string | undefined {
  const { errorType } = JSON.parse(body.toString('utf8')) as { errorType?: string };
  return errorType;
}
