import type { OperationModel } from '../../model/service-model';
import { validate } from '../../core/validation';
import { StatesError, type JsonValue } from '../../states';
import { toServiceInput } from './pascal-case';

/**
 * Returns the input of a task's call.
 *
 * @param jsonText members of type string that may be given as JSON
 * @throws StatesError States.Runtime for arguments that the service cannot accept: Step Functions detects them before
 * the call, and neither Retry nor Catch applies
 */
export function taskInput(
  { input: schema }: OperationModel,
  args: JsonValue,
  jsonText: readonly string[],
): object {
  const unknown: string[] = [];
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
