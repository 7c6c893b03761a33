import * as z from 'zod/mini';
import { ErrorName, PipelineError } from '../../lib/contract/errors';
import type { RunInput } from '../../lib/contract/run';

const RunInputSchema = z.strictObject({
  force: z.optional(z.boolean()),
  hyperparameters: z.optional(z.record(z.string(), z.union([z.string(), z.number()]))),
});

const ALLOWED = '{"force": true or false, "hyperparameters": {"training.epochs": 5, …}}';

/**
 * @param input the execution's input as it came
 * @throws PipelineError `InvalidRunInput`
 */
export function parseRunInput(input: unknown): RunInput {
  const result = z.safeParse(RunInputSchema, input ?? {}, { reportInput: true });
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const field =
    issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : issue.path.map(String).join('.') || 'input';
  const value = issue.code === 'unrecognized_keys' ? 'not a field' : JSON.stringify(issue.input);
  throw new PipelineError(
    ErrorName.InvalidRunInput,
    `execution input: "${field}" is ${value}; allowed is ${ALLOWED}, every field optional`,
  );
}
