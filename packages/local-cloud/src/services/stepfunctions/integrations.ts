import { randomUUID } from 'node:crypto';
import { CATALOG, type ServiceId } from '../../model/catalog';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import { serviceModel } from '../../model/service-model';
import type { Caller } from '../../core/service';
import { parseTaskResource, StatesError, type JsonObject, type JsonValue } from '../../states';
import type { TaskRequest, TaskRunner } from '../../states/language/types';
import { JobEnds, JOBS, stopInput, type JobKind } from './jobs';
import { invokeFunction } from './lambda-task';
import { rulePermissions } from './machine-role';
import { pascal, toTaskResult } from './pascal-case';
import { optimizedTaskError, sdkTaskError } from './task-errors';
import { taskInput } from './task-input';

/** Optimized integrations that only make a request, with the service that answers. */
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

/** Members that optimized integrations take as JSON where the service has text. */
const JSON_TEXT: Readonly<Record<string, readonly string[]>> = {
  events: ['Detail'],
  sns: ['Message'],
  states: ['Input'],
};

/** Optimized integrations that may hand out a task token. */
const TOKEN_REQUESTS = new Set(['lambda:invoke', 'sns:publish', 'events:putEvents', 'states:startExecution']);

/** What a Task's resource comes to on this cloud. */
type Integration =
  | { kind: 'lambda'; functionArn?: string }
  | { kind: 'job'; job: JobKind; integration: string }
  | { kind: 'request'; service: ServiceId; operation: string; integration: string }
  | { kind: 'sdk'; service: ServiceId; operation: string };

/** @returns undefined where Step Functions, or this cloud, has no such integration */
export function findIntegration(resource: string): Integration | undefined {
  const parsed = parseTaskResource(resource);
  if (!parsed) return undefined;
  if (parsed.kind === 'lambda') return { kind: 'lambda', functionArn: resource };
  const [action = '', pattern] = splitPattern(parsed.resource);
  const type = parsed.resourceType;
  if (type.startsWith('aws-sdk:')) {
    const service = type.slice('aws-sdk:'.length) as ServiceId;
    if (!Object.hasOwn(CATALOG, service) || (pattern && pattern !== 'waitForTaskToken')) return undefined;
    const operation = pascal(action);
    // "API actions are in camel case" (API reference of Step Functions).
    if (action === operation) return undefined;
    return serviceModel(service).operations.has(operation) ? { kind: 'sdk', service, operation } : undefined;
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

/** What this cloud cannot play is no failure of the service: a Retry would only hide it. */
function supported(error: ServiceError, otherwise: () => StatesError): StatesError {
  return error.code === 'NotImplemented' ? new StatesError('States.Runtime', error.message) : otherwise();
}

/** Runs the tasks of executions: every call in the state machine's role's name. */
export class Integrations {
  private readonly ends: JobEnds;

  constructor(private readonly cloud: Cloud) {
    this.ends = new JobEnds(cloud);
  }

  runnerFor(caller: Caller): TaskRunner {
    return { run: (request) => this.run(request, caller) };
  }

  private async run(request: TaskRequest, caller: Caller): Promise<JsonValue> {
    const integration = findIntegration(request.resource);
    if (!integration) {
      throw new StatesError('States.Runtime', `The resource ${request.resource} is not supported.`);
    }
    switch (integration.kind) {
      case 'lambda':
        return invokeFunction(this.cloud, request, caller, integration.functionArn);
      case 'job':
        return this.runJob(integration.job, integration.integration, request, caller);
      case 'request':
        return this.request(integration, request.arguments, caller);
      case 'sdk':
        return this.call(integration, request.arguments, caller, [], (error, id) =>
          sdkTaskError(integration.service, error, id),
        );
    }
  }

  private async request(
    { service, operation, integration }: Extract<Integration, { kind: 'request' }>,
    args: JsonValue,
    caller: Caller,
  ): Promise<JsonValue> {
    const result = await this.call(
      { service, operation },
      args,
      caller,
      JSON_TEXT[integration],
      (error, id) => optimizedTaskError(integration, service, error, id),
    );
    const { FailedEntryCount = 0, Entries } = result as { FailedEntryCount?: number; Entries?: JsonValue };
    // PutEvents answers well where it took some events or none.
    if (integration === 'events' && FailedEntryCount > 0) {
      throw new StatesError('EventBridge.FailedEntry', JSON.stringify(Entries));
    }
    return result;
  }

  private async call(
    { service, operation }: { service: ServiceId; operation: string },
    args: JsonValue,
    caller: Caller,
    jsonText: readonly string[] = [],
    toError: (error: ServiceError, requestId: string) => StatesError,
  ): Promise<JsonValue> {
    const shapes = serviceModel(service).operations.get(operation)!;
    const requestId = randomUUID();
    const input = taskInput(shapes, args, jsonText);
    try {
      const output = await this.cloud.callByName(service, operation, input, { ...caller, requestId });
      return (await toTaskResult(shapes.output, output, 'iso8601')) ?? {};
    } catch (error) {
      throw error instanceof ServiceError ? supported(error, () => toError(error, requestId)) : error;
    }
  }

  /** Create, wait for the event of the job's end, describe. If the task ends before, the job is stopped. */
  private async runJob(
    job: JobKind,
    integration: string,
    request: TaskRequest,
    caller: Caller,
  ): Promise<JsonValue> {
    const model = serviceModel(job.service);
    const requestId = randomUUID();
    const shapes = model.operations.get(job.create)!;
    const input = taskInput(shapes, request.arguments, JSON_TEXT[integration] ?? []) as Record<
      string,
      unknown
    >;
    try {
      for (const permission of rulePermissions(this.cloud, job.rule)) {
        this.cloud.authorize(caller, permission, 'eventbridge');
      }
      const answer = (await this.cloud.callByName(job.service, job.create, input, {
        ...caller,
        requestId,
      })) as Record<string, unknown>;
      const { arn, id } = job.created(answer, input);
      request.submitted((await toTaskResult(shapes.output, answer, 'epochMilliseconds')) ?? {});
      try {
        await this.ends.wait(arn, request.signal);
      } catch (reason) {
        await this.stop(job, id, caller);
        throw reason;
      }
      return await this.jobResult(job, id, caller);
    } catch (error) {
      throw error instanceof ServiceError
        ? supported(error, () => optimizedTaskError(integration, job.service, error, requestId))
        : error;
    }
  }

  private async jobResult(job: JobKind, id: string, caller: Caller): Promise<JsonObject> {
    const answer = (await this.cloud.callByName(
      job.service,
      job.describe,
      job.describeInput(id),
      caller,
    )) as Record<string, unknown>;
    const described = job.result ? job.result(answer) : answer;
    const shape = serviceModel(job.service).operations.get(job.result ? job.create : job.describe)!.output;
    const result = (await toTaskResult(shape, described, 'epochMilliseconds')) as JsonObject;
    for (const member of job.jsonResult ?? []) {
      if (typeof result[member] === 'string') result[member] = JSON.parse(result[member]) as JsonValue;
    }
    if (job.succeeded.includes(job.status(described))) return result;
    throw new StatesError('States.TaskFailed', JSON.stringify(result));
  }

  private async stop(job: JobKind, id: string, caller: Caller): Promise<void> {
    try {
      await this.cloud.callByName(job.service, job.stop, stopInput(job, id), caller);
    } catch (error) {
      // It may have ended at the same moment; then there is nothing to stop.
      if (!(error instanceof ServiceError)) throw error;
    }
  }
}
