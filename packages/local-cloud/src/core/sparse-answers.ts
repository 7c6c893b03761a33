import type { NormalizedSchema } from '@smithy/core/schema';
import { requiredMembers } from '../model/service-model';

/**
 * Services whose models say which members an answer always has. In the others all members are optional, those too
 * without which an answer says nothing, such as the parameter of SSM's GetParameter.
 */
export const SPARSE_SERVICES: ReadonlySet<string> = new Set(['sagemaker', 'sfn', 'scheduler', 'fsx']);

/**
 * Optional members that an answer has whenever there is something to say, by the API reference: "if a training job
 * fails, the reason it failed", "an optional string, up to one KB in size, that contains metadata from the processing
 * container when the processing job exits", the final metrics of a job whose output has some, without which the gate
 * refuses a model, and the configuration of an endpoint that was created from one.
 */
const ALWAYS: ReadonlySet<string> = new Set([
  'EndpointConfigName',
  'ExitMessage',
  'FailureReason',
  'FinalMetricDataList',
]);

/** Returns an answer with only the members that the service's model requires, at every depth. */
export function sparseAnswer(schema: NormalizedSchema, answer: object): object {
  return reduce(schema, answer) as object;
}

function reduce(schema: NormalizedSchema, value: unknown): unknown {
  if (value === undefined || value === null) return value;
  if (schema.isListSchema()) return (value as unknown[]).map((item) => reduce(schema.getValueSchema(), item));
  if (!schema.isStructSchema()) return value;
  const required = new Set(requiredMembers(schema));
  const kept = Object.entries(value as object).flatMap(([name, member]): [string, unknown][] => {
    if (ALWAYS.has(name)) return [[name, member]];
    return required.has(name) ? [[name, reduce(schema.getMemberSchema(name), member)]] : [];
  });
  return Object.fromEntries(kept);
}
