import type { StatesError } from '../language/errors';
import type { JsonValue } from '../language/json';
import type { TaskResource } from '../language/resource';
import type { TaskRequest } from '../language/types';
import { eventInput, eventOutput, type Flow } from './flow';

type Scheduled = Pick<TaskRequest, 'arguments' | 'credentials' | 'timeoutSeconds' | 'heartbeatSeconds'>;

/** The events of one attempt of a task. */
export interface TaskEvents {
  started(task: Scheduled): void;
  submitted(output: JsonValue): void;
  succeeded(output: JsonValue): void;
  failed(error: StatesError): void;
}

export function taskEvents(flow: Flow, resource: TaskResource): TaskEvents {
  return resource.kind === 'lambda' ? lambdaEvents(flow, resource) : serviceEvents(flow, resource);
}

function serviceEvents(flow: Flow, { resourceType, resource }: TaskResource): TaskEvents {
  const names = { resourceType, resource };
  return {
    started: (task) => {
      flow.record('TaskScheduled', {
        taskScheduledEventDetails: {
          ...names,
          region: flow.environment.context.Execution.Id.split(':')[3] ?? '',
          parameters: JSON.stringify(task.arguments),
          ...limits(task),
        },
      });
      flow.record('TaskStarted', { taskStartedEventDetails: names });
    },
    submitted: (output) =>
      void flow.record('TaskSubmitted', { taskSubmittedEventDetails: { ...names, ...eventOutput(output) } }),
    succeeded: (output) =>
      void flow.record('TaskSucceeded', { taskSucceededEventDetails: { ...names, ...eventOutput(output) } }),
    failed: (failure) =>
      void (failure.error === 'States.Timeout'
        ? flow.record('TaskTimedOut', { taskTimedOutEventDetails: { ...names, ...errorDetails(failure) } })
        : flow.record('TaskFailed', { taskFailedEventDetails: { ...names, ...errorDetails(failure) } })),
  };
}

function lambdaEvents(flow: Flow, { resource }: TaskResource): TaskEvents {
  return {
    started: (task) => {
      flow.record('LambdaFunctionScheduled', {
        lambdaFunctionScheduledEventDetails: { resource, ...eventInput(task.arguments), ...limits(task) },
      });
      flow.record('LambdaFunctionStarted');
    },
    submitted: () => {},
    succeeded: (output) =>
      void flow.record('LambdaFunctionSucceeded', {
        lambdaFunctionSucceededEventDetails: eventOutput(output),
      }),
    failed: (failure) =>
      void (failure.error === 'States.Timeout'
        ? flow.record('LambdaFunctionTimedOut', { lambdaFunctionTimedOutEventDetails: errorDetails(failure) })
        : flow.record('LambdaFunctionFailed', { lambdaFunctionFailedEventDetails: errorDetails(failure) })),
  };
}

function limits({ timeoutSeconds, heartbeatSeconds, credentials }: Scheduled) {
  return {
    ...(timeoutSeconds !== undefined && { timeoutInSeconds: timeoutSeconds }),
    ...(heartbeatSeconds !== undefined && { heartbeatInSeconds: heartbeatSeconds }),
    ...(credentials !== undefined && {
      taskCredentials: { roleArn: (credentials as { RoleArn?: string }).RoleArn },
    }),
  };
}

/** Returns error and cause if they exist, as in the events and the response of DescribeExecution. */
export function errorDetails({ error, errorCause }: { error?: string; errorCause?: string }) {
  return { ...(error !== undefined && { error }), ...(errorCause && { cause: errorCause }) };
}
