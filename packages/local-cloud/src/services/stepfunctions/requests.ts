import { ServiceError } from '../../model/errors';
import { TaskTokenError, type HistoryEvent, type JsonValue } from '../../states';

/** Default number of entries in a page. */
export const PAGE = 100;

/** Bytes of an execution's input. */
const MAX_INPUT = 262_144;

/**
 * Characters that a name must not contain: white space, brackets, wildcards, characters that need quoting, control
 * characters.
 */
const ILLEGAL_IN_NAMES = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/;

/** Checks a name's characters; its length is in the model. */
export function checkName(name: string): void {
  if (!ILLEGAL_IN_NAMES.test(name)) return;
  throw new ServiceError('InvalidName', `Invalid Name: '${name}'`);
}

/** @param kind the resource type in the ARN, e.g. `stateMachine` */
export function checkArn(arn: string, kind: string): void {
  if (!arn.startsWith('arn:')) {
    // Recorded in LocalStack's `test_list_execution_invalid_arn` (test_sfn_api.snapshot.json).
    throw new ServiceError('InvalidArn', `Invalid Arn: 'Invalid ARN prefix: ${arn}'`);
  }
  const found = /^arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:(\w+):.+$/.exec(arn)?.[1];
  if (found === kind) return;
  // Recorded in the file that `ListExecutions` names; the message for ARNs of other services is not recorded.
  const problem = found
    ? `Resource type not valid in this context: ${found}`
    : `${arn} is not an ARN of ${kind}`;
  throw new ServiceError('InvalidArn', `Invalid Arn: '${problem}'`);
}

export function checkInput(input: string): void {
  if (Buffer.byteLength(input) > MAX_INPUT) {
    throw new ServiceError(
      'ValidationException',
      `1 validation error detected: Value at 'input' failed to satisfy constraint: Member must have length less than or equal to ${MAX_INPUT}`,
    );
  }
  try {
    JSON.parse(input);
  } catch (error) {
    throw new ServiceError(
      'InvalidExecutionInput',
      `Invalid State Machine Execution Input: '${(error as Error).message}'`,
    );
  }
}

export function parseOutput(output: string): JsonValue {
  try {
    return JSON.parse(output) as JsonValue;
  } catch (error) {
    throw new ServiceError('InvalidOutput', `Invalid Output: '${(error as Error).message}'`);
  }
}

export function answerToken(send: () => void): Record<string, never> {
  try {
    send();
    return {};
  } catch (error) {
    if (error instanceof TaskTokenError) throw new ServiceError(error.code, error.message);
    throw error;
  }
}

export function invalidToken(message: string): ServiceError {
  return new ServiceError('InvalidToken', message);
}

/** Removes the input and output data of events for `includeExecutionData: false`. */
export function withoutData(event: HistoryEvent): HistoryEvent {
  const details = Object.entries<unknown>({ ...event }).map(([name, value]) => {
    if (!name.endsWith('EventDetails')) return [name, value] as const;
    const { input: _input, output: _output, ...other } = value as Record<string, unknown>;
    const { assignedVariables: _variables, assignedVariablesDetails: _details, ...rest } = other;
    // A task's parameters are data too, but the API's model requires the member.
    return [name, 'parameters' in rest ? { ...rest, parameters: '' } : rest] as const;
  });
  return Object.fromEntries(details) as unknown as HistoryEvent;
}
