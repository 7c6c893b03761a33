import { randomUUID } from 'node:crypto';
import type { Cloud } from '../../core/cloud';
import { NoAnswer } from '../../faults/no-answer';
import { ServiceError } from '../../model/errors';
import type { Caller } from '../../core/service';
import { StatesError, type JsonObject, type JsonValue } from '../../states';
import type { TaskRequest } from '../../states/language/types';
import { optimizedTaskError } from './task-errors';
import { taskInput } from './task-input';

/**
 * Runs a task of `lambda:invoke`, or of a function's ARN as the resource.
 *
 * @param functionArn set for the second form: arguments are the payload, and the payload alone is the result
 * @throws StatesError with the name of the function's error, and Lambda's JSON of the error as the cause
 */
export async function invokeFunction(
  cloud: Cloud,
  request: TaskRequest,
  caller: Caller,
  functionArn?: string,
): Promise<JsonValue> {
  const requestId = randomUUID();
  const args = functionArn
    ? { FunctionName: functionArn, Payload: request.arguments }
    : (request.arguments as JsonObject);
  const { Payload = {}, ...rest } = args;
  const input = taskInput(cloud.services.model('lambda')!.operations.get('Invoke')!, rest, {});
  try {
    const answer = await cloud.callByName(
      'lambda',
      'Invoke',
      { ...input, Payload: Buffer.from(JSON.stringify(Payload)) },
      { ...caller, requestId, signal: request.signal },
    );
    const {
      FunctionError,
      StatusCode,
      ExecutedVersion,
      Payload: blob,
    } = answer as {
      FunctionError?: string;
      StatusCode?: number;
      ExecutedVersion?: string;
      Payload?: Uint8Array;
    };
    const payload = parse(blob);
    if (FunctionError) {
      const { errorType } = payload as { errorType?: string };
      throw new StatesError(errorType ?? 'Lambda.Unknown', JSON.stringify(payload));
    }
    if (functionArn) return payload;
    return {
      ExecutedVersion: ExecutedVersion ?? '$LATEST',
      Payload: payload,
      SdkHttpMetadata: { HttpStatusCode: StatusCode ?? 200 },
      SdkResponseMetadata: { RequestId: requestId },
      StatusCode: StatusCode ?? 200,
    };
  } catch (error) {
    throw error instanceof ServiceError || error instanceof NoAnswer
      ? optimizedTaskError('lambda', cloud.services.model('lambda')!, error, requestId)
      : error;
  }
}

/** A function may return nothing. */
function parse(blob: Uint8Array | undefined): JsonValue {
  const text = Buffer.from(blob ?? []).toString('utf8');
  return text === '' ? null : (JSON.parse(text) as JsonValue);
}
