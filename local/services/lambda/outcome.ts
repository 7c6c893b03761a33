import type { Report } from './platform-log';

/** How an invocation ended, and what its caller gets. */
export interface Outcome {
  /** The handler's answer, or `{errorType, errorMessage, trace}`. */
  payload: Buffer;
  status: Report['status'];
  errorType?: string;
}

/** The quota of a synchronous answer in bytes. */
export const MAX_PAYLOAD = 6_291_456;

/** @param kind `error`: the handler threw, and the body is AWS's runtime's description of it */
export function answered(kind: 'response' | 'error', body: Buffer): Outcome {
  if (body.length > MAX_PAYLOAD) {
    const message = `Response payload size (${body.length} bytes) exceeded maximum allowed payload size (${MAX_PAYLOAD} bytes).`;
    return failure('error', 'Function.ResponseSizeTooLarge', message);
  }
  if (kind === 'response') return { payload: body, status: 'success' };
  return { payload: body, status: 'error', errorType: typeOf(body) };
}

export function failedInit(body: Buffer): Outcome {
  return { payload: body, status: 'failure', errorType: typeOf(body) };
}

/** @param reason how the process ended; nothing for exit code 0 */
export function exited(requestId: string, reason: string | undefined): Outcome {
  const what = reason === undefined ? 'without providing a reason' : `with error: ${reason}`;
  return failure('failure', 'Runtime.ExitError', `RequestId: ${requestId} Error: Runtime exited ${what}`);
}

export function timedOut(requestId: string, timeoutMs: number): Outcome {
  const message = `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
  return failure('timeout', 'Sandbox.Timedout', message);
}

function failure(status: Outcome['status'], errorType: string, errorMessage: string): Outcome {
  return { payload: Buffer.from(JSON.stringify({ errorType, errorMessage })), status, errorType };
}

function typeOf(body: Buffer): string | undefined {
  const { errorType } = JSON.parse(body.toString('utf8')) as { errorType?: string };
  return errorType;
}
