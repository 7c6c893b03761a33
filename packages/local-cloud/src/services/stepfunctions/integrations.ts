import { randomUUID } from 'node:crypto';
import type { ServiceId } from '../../model/catalog';
import type { Cloud } from '../../core/cloud';
import { NoAnswer } from '../../faults/no-answer';
import { ServiceError } from '../../model/errors';
import type { Caller } from '../../core/service';
import { StatesError, type JsonObject, type JsonValue } from '../../states';
import type { TaskRequest, TaskRunner } from '../../states/language/types';
import { JobEnds, stopInput, type JobKind } from './jobs';
import { invokeFunction } from './lambda-task';
import { rulePermissions } from './machine-role';
import { toTaskResult } from './pascal-case';
import { optimizedTaskError, sdkTaskError } from './task-errors';
import { taskInput, type TaskInputOptions } from './task-input';
import { findIntegration, type Integration } from './task-resource';

/** Members that optimized integrations accept as JSON although the service has text. */
const JSON_TEXT: Readonly<Record<string, readonly string[]>> = {
  events: ['Detail'],
  sns: ['Message'],
  states: ['Input'],
};

/** An unsupported feature of this cloud is not a service failure: a Retry would only hide it. */
function supported(error: ServiceError | NoAnswer, otherwise: () => StatesError): StatesError {
  return error instanceof ServiceError && error.code === 'NotImplemented'
    ? new StatesError('States.Runtime', error.message)
    : otherwise();
}

/** Returns true for a failure that Step Functions reports as one of the service or of its client. */
function isFailedCall(error: unknown): error is ServiceError | NoAnswer {
  return error instanceof ServiceError || error instanceof NoAnswer;
}

/** Runs the tasks of executions: makes every call with the state machine's role. */
export class Integrations {
  private readonly ends: JobEnds;

  constructor(private readonly cloud: Cloud) {
    this.ends = new JobEnds(cloud);
  }

  runnerFor(caller: Caller): TaskRunner {
    return { run: (request) => this.run(request, { ...caller, state: request.stateName }) };
  }

  private async run(request: TaskRequest, caller: Caller): Promise<JsonValue> {
    const integration = findIntegration(request.resource, this.cloud.services.model);
    if (!integration) {
      throw new StatesError('States.Runtime', `The resource ${request.resource} is not supported.`);
    }
    switch (integration.kind) {
      case 'lambda':
        return invokeFunction(this.cloud, request, caller, integration.functionArn);
      case 'job':
        return this.runJob(integration.job, integration.integration, request, caller);
      case 'request':
        return this.request(integration, request, caller);
      case 'sdk':
        return this.call(integration, request, caller, {}, (error, id) =>
          sdkTaskError(this.cloud.services.model(integration.service)!, error, id),
        );
    }
  }

  private async request(
    { service, operation, integration }: Extract<Integration, { kind: 'request' }>,
    task: TaskRequest,
    caller: Caller,
  ): Promise<JsonValue> {
    const result = await this.call(
      { service, operation },
      task,
      caller,
      { jsonText: JSON_TEXT[integration], optimized: operation },
      (error, id) => optimizedTaskError(integration, this.cloud.services.model(service)!, error, id),
    );
    const { FailedEntryCount = 0, Entries } = result as { FailedEntryCount?: number; Entries?: JsonValue };
    // PutEvents succeeds even if it refused some or all events.
    if (integration === 'events' && FailedEntryCount > 0) {
      throw new StatesError('EventBridge.FailedEntry', JSON.stringify(Entries));
    }
    return result;
  }

  private async call(
    { service, operation }: { service: ServiceId; operation: string },
    { arguments: args, signal }: TaskRequest,
    caller: Caller,
    options: TaskInputOptions,
    toError: (error: ServiceError | NoAnswer, requestId: string) => StatesError,
  ): Promise<JsonValue> {
    const shapes = this.cloud.services.model(service)!.operations.get(operation)!;
    const requestId = randomUUID();
    const input = taskInput(shapes, args, options);
    try {
      const call = { ...caller, requestId, signal };
      const output = await this.cloud.callByName(service, operation, input, call);
      return (await toTaskResult(shapes.output, output, 'iso8601')) ?? {};
    } catch (error) {
      throw isFailedCall(error) ? supported(error, () => toError(error, requestId)) : error;
    }
  }

  /** Creates the job, waits for its end event and describes it. If the task ends earlier, the job is stopped. */
  private async runJob(
    job: JobKind,
    integration: string,
    request: TaskRequest,
    caller: Caller,
  ): Promise<JsonValue> {
    const model = this.cloud.services.model(job.service)!;
    const requestId = randomUUID();
    const shapes = model.operations.get(job.create)!;
    const options = { jsonText: JSON_TEXT[integration], optimized: job.create };
    const input = taskInput(shapes, request.arguments, options) as Record<string, unknown>;
    try {
      for (const permission of rulePermissions(this.cloud, job.rule)) {
        this.cloud.authorize(caller, permission, 'eventbridge');
      }
      const answer = (await this.cloud.callByName(job.service, job.create, input, {
        ...caller,
        requestId,
        signal: request.signal,
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
      throw isFailedCall(error)
        ? supported(error, () =>
            optimizedTaskError(integration, this.cloud.services.model(job.service)!, error, requestId),
          )
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
    const shape = this.cloud.services
      .model(job.service)!
      .operations.get(job.result ? job.create : job.describe)!.output;
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
      // The job may have ended at the same moment; then there is nothing to stop.
      if (!isFailedCall(error)) throw error;
    }
  }
}
