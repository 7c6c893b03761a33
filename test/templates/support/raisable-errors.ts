import { findIntegration, taskErrorNames, type State, type StateGraph } from 'local-cloud/testing';
import { innerGraphs } from './graph';

/** Errors that any fallible state can end with; the other names of `States.` belong to JSONPath and to Distributed Map. */
const EVERYWHERE = [
  'States.ALL',
  'States.TaskFailed',
  'States.QueryEvaluationError',
  'States.DataLimitExceeded',
];
const OF_TASKS = ['States.Timeout', 'States.Permissions'];

/**
 * The names that Retry and Catch of a Task, Parallel or Map can meet ("Handling errors in Step Functions workflows").
 *
 * @param thrown names of the errors that the functions throw
 */
export function raisableErrors(state: State, thrown: readonly string[]): ReadonlySet<string> {
  if (state.Type === 'Task') {
    const heartbeat = state.HeartbeatSeconds === undefined ? [] : ['States.HeartbeatTimeout'];
    return new Set([
      ...EVERYWHERE,
      ...OF_TASKS,
      ...heartbeat,
      ...taskErrorNames(state.Resource),
      ...(isFunction(state.Resource) ? thrown : []),
    ]);
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

const isFunction = (resource: string) => findIntegration(resource)?.kind === 'lambda';
