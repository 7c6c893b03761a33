import * as z from 'zod/mini';
import { ErrorName, PipelineError } from '../../lib/contract/errors';
import type { RunInput } from '../../lib/contract/run';
import { cut, shown } from '../../lib/contract/shown';
import { MAX_TRIGGER_DETAIL, TRIGGER_KINDS } from '../../lib/contract/triggers';

const RunInputSchema = z.strictObject({
  force: z.optional(z.boolean()),
  restore: z.optional(z.boolean()),
  hyperparameters: z.optional(z.record(z.string(), z.union([z.string(), z.number()]))),
  trigger: z.optional(
    z.strictObject({
      kind: z.enum(TRIGGER_KINDS),
      detail: z.string().check(z.maxLength(MAX_TRIGGER_DETAIL)),
    }),
  ),
});

const ALLOWED =
  '{"force": true or false, "restore": true or false, "hyperparameters": {"training.epochs": 5, …}, ' +
  `"trigger": {"kind": ${TRIGGER_KINDS.join(' or ')}, "detail": text}}`;

/**
 * Validates the execution's input.
 *
 * @throws PipelineError `InvalidRunInput`
 */
export function parseRunInput(input: unknown): RunInput {
  const result = z.safeParse(RunInputSchema, input ?? {}, { reportInput: true });
  if (result.success) return checked(result.data);
  const issue = result.error.issues[0]!;
  const field =
    issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : issue.path.map(String).join('.') || 'input';
  const value = issue.code === 'unrecognized_keys' ? 'not a field of it' : shown(issue.input);
  throw new PipelineError(
    ErrorName.InvalidRunInput,
    `execution input: "${cut(field)}" is ${value}; must be ${ALLOWED}, every field optional`,
  );
}

/** A restoring run trains nothing, so there is nothing to force or to override. */
function checked(input: RunInput): RunInput {
  const other = input.restore && (input.force ? 'force' : input.hyperparameters && 'hyperparameters');
  if (!other) return input;
  throw new PipelineError(
    ErrorName.InvalidRunInput,
    `execution input: "restore" is true together with "${other}"; a run that restores the endpoint trains nothing: leave out one of the two`,
  );
}
