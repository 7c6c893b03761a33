import type { NormalizedSchema } from '@smithy/core/schema';
import type { Principal } from './principals';
import { requiredMembers } from '../model/service-model';

/**
 * The service whose model says which members an answer always has. In the models of the others all members are optional,
 * or all but the identifiers: without the rest an answer says nothing, such as a schedule without its target.
 */
const SERVICES: ReadonlySet<string> = new Set(['sagemaker']);

/**
 * Optional members that an answer has whenever there is something to say, by the API reference: "if a training job
 * fails, the reason it failed", "an optional string, up to one KB in size, that contains metadata from the processing
 * container when the processing job exits", the final metrics of a job whose output has some, without which the gate
 * refuses a model, the times of a job that ran, and what a job, a model, a variant or an endpoint was created with: its
 * instances, its container with image and artifact, its configuration, its variants and their models.
 */
const ALWAYS: ReadonlySet<string> = new Set([
  'BillableTimeInSeconds',
  'EndpointConfigName',
  'ExitMessage',
  'FailureReason',
  'FinalMetricDataList',
  'Image',
  'InstanceCount',
  'InstanceType',
  'ModelDataUrl',
  'ModelName',
  'PrimaryContainer',
  'ProcessingEndTime',
  'ProcessingStartTime',
  'ProductionVariants',
  'ResourceConfig',
  'TrainingEndTime',
  'TrainingStartTime',
  'TrainingTimeInSeconds',
  'TransformEndTime',
  'TransformStartTime',
]);

/** Returns true for a role of the customer; services that call each other know what they store. */
export function getsSparse(service: string, { kind, roleArn = '' }: Principal): boolean {
  return SERVICES.has(service) && kind === 'role' && !roleArn.includes(':role/aws-service-role/');
}

/** Returns an answer with only the members that the service's model requires, at every depth. */
export function sparseAnswer(schema: NormalizedSchema, answer: object): object {
  return reduce(schema, answer) as object;
}

function reduce(schema: NormalizedSchema, value: unknown): unknown {
  if (value === undefined || value === null) return value;
  if (schema.isListSchema()) return (value as unknown[]).map((item) => reduce(schema.getValueSchema(), item));
  if (!schema.isStructSchema()) return value;
  const required = new Set(requiredMembers(schema));
  const kept = Object.entries(value).flatMap(([name, member]): [string, unknown][] => {
    if (ALWAYS.has(name)) return [[name, member]];
    return required.has(name) ? [[name, reduce(schema.getMemberSchema(name), member)]] : [];
  });
  return Object.fromEntries(kept);
}
