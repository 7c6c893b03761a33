import type { ServiceId } from '../../model/catalog';
import type { FindModel } from '../../model/service-model';
import { parseTaskResource } from '../../states';
import { JOBS, type JobKind } from './jobs';
import { pascal } from './pascal-case';

/** Optimized integrations that only make a request, with their service. */
const REQUESTS: Readonly<Record<string, readonly [service: ServiceId, actions: readonly string[]]>> = {
  sagemaker: [
    'sagemaker',
    [
      'createTrainingJob',
      'createProcessingJob',
      'createTransformJob',
      'createModel',
      'createEndpointConfig',
      'createEndpoint',
      'updateEndpoint',
    ],
  ],
  codebuild: ['codebuild', ['startBuild', 'stopBuild']],
  sns: ['sns', ['publish']],
  events: ['eventbridge', ['putEvents']],
  states: ['sfn', ['startExecution']],
};

/** Optimized integrations that support a task token. */
const TOKEN_REQUESTS = new Set(['lambda:invoke', 'sns:publish', 'events:putEvents', 'states:startExecution']);

/** The integration that a Task’s resource names, as this cloud runs it. */
export type Integration =
  | { kind: 'lambda'; functionArn?: string }
  | { kind: 'job'; job: JobKind; integration: string }
  | { kind: 'request'; service: ServiceId; operation: string; integration: string }
  | { kind: 'sdk'; service: ServiceId; operation: string };

/** @returns undefined if Step Functions or this cloud does not have the integration */
export function findIntegration(resource: string, findModel: FindModel): Integration | undefined {
  const parsed = parseTaskResource(resource);
  if (!parsed) return undefined;
  if (parsed.kind === 'lambda') return { kind: 'lambda', functionArn: resource };
  const [action = '', pattern] = splitPattern(parsed.resource);
  const type = parsed.resourceType;
  if (type.startsWith('aws-sdk:')) {
    const service = type.slice('aws-sdk:'.length) as ServiceId;
    if (pattern && pattern !== 'waitForTaskToken') return undefined;
    const operation = pascal(action);
    // "API actions are in camel case" (API reference of Step Functions).
    if (action === operation) return undefined;
    return findModel(service)?.operations.has(operation) ? { kind: 'sdk', service, operation } : undefined;
  }
  const name = `${type}:${action}`;
  if (pattern === 'waitForTaskToken' && !TOKEN_REQUESTS.has(name)) return undefined;
  const job = JOBS[name];
  if (job && pattern === (job.pattern ?? 'sync')) return { kind: 'job', job, integration: type };
  if (pattern && pattern !== 'waitForTaskToken') return undefined;
  if (name === 'lambda:invoke') return { kind: 'lambda' };
  const [service, actions] = REQUESTS[type] ?? [];
  if (!service || !actions!.includes(action)) return undefined;
  return { kind: 'request', service, operation: pascal(action), integration: type };
}

function splitPattern(resource: string): string[] {
  const at = resource.indexOf('.');
  return at < 0 ? [resource] : [resource.slice(0, at), resource.slice(at + 1)];
}
