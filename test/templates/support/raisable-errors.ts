import type { ServiceId } from '../../../local/core/catalog';
import { ServiceError } from '../../../local/core/errors';
import { serviceModel } from '../../../local/core/model';
import { findIntegration } from '../../../local/services/stepfunctions/integrations';
import { optimizedTaskError, sdkTaskError } from '../../../local/services/stepfunctions/task-errors';
import type { State, StateGraph } from '../../../local/states';
import { innerGraphs } from './graph';

/** What any fallible state can end with; the other names of `States.` belong to JSONPath and to Distributed Map. */
const EVERYWHERE = [
  'States.ALL',
  'States.TaskFailed',
  'States.QueryEvaluationError',
  'States.DataLimitExceeded',
];
const OF_TASKS = ['States.Timeout', 'States.Permissions'];

/** In addition to the exceptions of its API: failures of the call and of the sandbox, and answers without an error class. */
const OF_LAMBDA = [
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
];

/**
 * The names that Retry and Catch of a Task, Parallel or Map can meet ("Handling errors in Step Functions workflows").
 *
 * @param thrown names of the errors that the functions throw
 */
export function raisableErrors(state: State, thrown: readonly string[]): ReadonlySet<string> {
  if (state.Type === 'Task') {
    const heartbeat = state.HeartbeatSeconds === undefined ? [] : ['States.HeartbeatTimeout'];
    return new Set([...EVERYWHERE, ...OF_TASKS, ...heartbeat, ...integrationErrors(state.Resource, thrown)]);
  }
  const inner = innerGraphs(state).flatMap((graph) => [...graphErrors(graph, thrown)]);
  return new Set([...EVERYWHERE, ...(state.Type === 'Parallel' ? ['States.BranchFailed'] : []), ...inner]);
}

function graphErrors({ States }: StateGraph, thrown: readonly string[]): string[] {
  return Object.values(States).flatMap((state) => {
    if (state.Type === 'Fail') return state.Error === undefined ? [] : [state.Error];
    if (state.Type === 'Choice') return ['States.NoChoiceMatched'];
    return state.Type === 'Task' || state.Type === 'Parallel' || state.Type === 'Map'
      ? [...raisableErrors(state, thrown)]
      : [];
  });
}

function integrationErrors(resource: string, thrown: readonly string[]): string[] {
  const integration = findIntegration(resource);
  switch (integration?.kind) {
    case undefined:
      return [];
    case 'lambda':
      return [
        ...thrown,
        ...OF_LAMBDA,
        ...named('lambda', (error) => optimizedTaskError('lambda', 'lambda', error, '')),
      ];
    case 'sdk': {
      const { service } = integration;
      return named(service, (error) => sdkTaskError(service, error, ''));
    }
    case 'job':
    case 'request': {
      const service = integration.kind === 'job' ? integration.job.service : integration.service;
      return named(service, (error) => optimizedTaskError(integration.integration, service, error, ''));
    }
  }
}

/** The exceptions of a service's API, its base exception for all that has none, and the client's own. */
function named(service: ServiceId, toName: (error: ServiceError) => { error?: string }): string[] {
  const codes = [...serviceModel(service).errors.keys()].filter((code) => !/.ServiceException$/.test(code));
  const names = [...codes, 'NotInTheModel'].map((code) => toName(new ServiceError(code, '')).error!);
  return [...names, `${names[0]!.split('.')[0]}.SdkClientException`];
}
