import type { OperationModel } from '../../model/service-model';
import { validate } from '../../core/validation';
import { refusedParameters } from '../../facts/optimized-parameters';
import { StatesError, type JsonValue } from '../../states';
import { toServiceInput } from './pascal-case';

export interface TaskInputOptions {
  /** Members of type string that may be given as JSON. */
  jsonText?: readonly string[];
  /** The operation, if an optimized integration calls it: it does not accept all parameters. */
  optimized?: string;
}

/**
 * Returns the input of a task's call.
 *
 * @throws StatesError States.Runtime for arguments that the service cannot accept: Step Functions detects them before
 * the call, and neither Retry nor Catch applies
 */
export function taskInput(
  { input: schema }: OperationModel,
  args: JsonValue,
  { jsonText = [], optimized }: TaskInputOptions,
): object {
  const unknown = optimized === undefined ? [] : refusedParameters(optimized, Object.keys(args as object));
  const input = toServiceInput(schema, args, { jsonText, unknown });
  const problems = [
    ...unknown.map((name) => `The field "${name}" is not supported by Step Functions`),
    ...validate(schema, input).map(({ message }) => message),
  ];
  if (problems.length === 0) return input as object;
  throw new StatesError(
    'States.Runtime',
    `The Parameters '${JSON.stringify(args)}' could not be used to start the Task: [${problems.join(', ')}]`,
  );
}
