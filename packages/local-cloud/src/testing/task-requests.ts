import { assertValid } from '../core/validation';
import { ServiceError } from '../model/errors';
import { findModel } from '../services';
import {
  checkEndpointConfigLimits,
  checkProcessingLimits,
  checkTrainingLimits,
} from '../services/sagemaker/limits';
import { optimizedTaskError, sdkTaskError } from '../services/stepfunctions/task-errors';
import { taskInput } from '../services/stepfunctions/task-input';
import * as taskResource from '../services/stepfunctions/task-resource';
import type { StatesError, TaskRequest } from '../states';

/** Returns the integration that a Task's `Resource` names; undefined if the local cloud has none. */
export const findIntegration = (resource: string) => taskResource.findIntegration(resource, findModel);

/** Rules of services that their models do not contain. */
const LIMITS: Readonly<Record<string, (input: never) => void>> = {
  CreateProcessingJob: checkProcessingLimits,
  CreateTrainingJob: checkTrainingLimits,
  CreateEndpointConfig: checkEndpointConfigLimits,
};

/** A task's request to a service. */
export interface CheckedRequest {
  readonly operation: string;
  /** The problem for which Step Functions or the service refuses the request; undefined if there is none. */
  readonly problem?: string;
}

/**
 * Checks a task's arguments against the service's schema and limits.
 *
 * @returns undefined for a Lambda function, whose payload has no schema
 * @throws Error for an integration that the local cloud does not have
 */
export function checkRequest({
  resource,
  arguments: args,
}: Pick<TaskRequest, 'resource' | 'arguments'>): CheckedRequest | undefined {
  const integration = findIntegration(resource);
  if (!integration) throw new Error(`Step Functions has no integration ${resource}`);
  if (integration.kind === 'lambda') return undefined;
  const { service, operation } =
    integration.kind === 'job'
      ? { service: integration.job.service, operation: integration.job.create }
      : integration;
  try {
    const optimized = integration.kind === 'sdk' ? undefined : operation;
    const input = taskInput(findModel(service)!.operations.get(operation)!, args, { optimized });
    const model = findModel(service)!;
    assertValid(model, operation, input);
    LIMITS[operation]?.(input as never);
    return { operation };
  } catch (error) {
    return { operation, problem: (error as Error).message };
  }
}

/** Failures of Lambda's client and sandbox, and errors without an exception class. */
const LAMBDA_ERRORS = [
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
];

/**
 * Returns the error names that a Task can raise through its integration ("Handling errors in Step Functions
 * workflows"), apart from those that a function throws.
 */
export function taskErrorNames(resource: string): string[] {
  const integration = findIntegration(resource);
  switch (integration?.kind) {
    case undefined:
      return [];
    case 'lambda':
      return [...LAMBDA_ERRORS, ...errorNames('lambda', (error) => optimized('lambda', 'lambda', error))];
    case 'sdk': {
      const model = findModel(integration.service)!;
      return errorNames(integration.service, (error) => sdkTaskError(model, error, ''));
    }
    case 'job':
    case 'request': {
      const service = integration.kind === 'job' ? integration.job.service : integration.service;
      return errorNames(service, (error) => optimized(integration.integration, service, error));
    }
  }
}

const optimized = (integration: string, service: string, error: ServiceError) =>
  optimizedTaskError(integration, findModel(service)!, error, '');

/** Returns the exceptions of a service's API, its base exception for errors that have none, and the client's own. */
function errorNames(service: string, toTaskError: (error: ServiceError) => StatesError): string[] {
  const codes = [...findModel(service)!.errors.keys()].filter(
    (code) => !/(?<!^Internal)ServiceException$/.test(code) || code === 'ServiceException',
  );
  const names = [...codes, 'NotInTheModel'].map((code) => toTaskError(new ServiceError(code, '')).error!);
  return [...names, `${names[0]!.split('.')[0]}.SdkClientException`];
}
