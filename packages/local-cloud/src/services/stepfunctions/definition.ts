import { notSupported, ServiceError } from '../../model/errors';
import { checkDefinition, describeDiagnostics } from '../../states';
import type { FindModel } from '../../model/service-model';
import { findIntegration } from './task-resource';

/** Bytes. */
const MAX_DEFINITION = 1_048_576;

/** Throws the errors of CreateStateMachine and UpdateStateMachine for an invalid definition. */
export function assertDefinition(text: string, findModel: FindModel): void {
  if (Buffer.byteLength(text) > MAX_DEFINITION) {
    throw invalid(`definition has ${Buffer.byteLength(text)} bytes; at most ${MAX_DEFINITION} are allowed`);
  }
  let definition: unknown;
  try {
    definition = JSON.parse(text);
  } catch (error) {
    throw invalid(`INVALID_JSON_DESCRIPTION: ${(error as Error).message}`);
  }
  const problems = checkDefinition(definition);
  if (problems.length > 0) throw new ServiceError('InvalidDefinition', describeDiagnostics(problems));
  for (const { resource, location, credentials } of taskResources(definition, '')) {
    if (credentials)
      throw notSupported(`Credentials at ${location}`, "Tasks act as the state machine's role.");
    if (findIntegration(resource, findModel)) continue;
    throw invalid(
      `SCHEMA_VALIDATION_FAILED: The resource provided ${resource} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region. at ${location}`,
    );
  }
}

/** Returns the EventBridge rules that the `.sync` jobs of a definition need. */
export function jobRules(text: string, findModel: FindModel): string[] {
  const rules = [...taskResources(JSON.parse(text), '')].flatMap(({ resource }) => {
    const integration = findIntegration(resource, findModel);
    return integration?.kind === 'job' ? [integration.job.rule] : [];
  });
  return [...new Set(rules)];
}

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidDefinition', `Invalid State Machine Definition: '${message}'`);
}

interface TaskResource {
  resource: string;
  location: string;
  credentials: boolean;
}

function* taskResources(value: unknown, location: string): Generator<TaskResource> {
  const states = (value as { States?: Record<string, Record<string, unknown>> }).States ?? {};
  for (const [name, state] of Object.entries(states)) {
    const path = `${location}/States/${name}`;
    if (state.Type === 'Task')
      yield {
        resource: state.Resource as string,
        location: `${path}/Resource`,
        credentials: 'Credentials' in state,
      };
    for (const [index, branch] of ((state.Branches ?? []) as unknown[]).entries()) {
      yield* taskResources(branch, `${path}/Branches[${index}]`);
    }
    if (state.ItemProcessor) yield* taskResources(state.ItemProcessor, `${path}/ItemProcessor`);
    if (state.Iterator) yield* taskResources(state.Iterator, `${path}/Iterator`);
  }
}
