import type { State, StateMachineDefinition } from 'local-cloud/testing';
import type { PipelineConfig } from '../../lib/config';
import { allGraphs, innerGraphs, reachable } from '../templates/support/graph';
import { definitionOf } from '../templates/support/state-machine';
import { synthesise } from '../templates/support/synthesis';
import { realtime } from './model';

export type Task = State & { Type: 'Task' };

/** Returns the states of a definition that call a service, by their names. */
export function tasksOf(definition: StateMachineDefinition): ReadonlyMap<string, Task> {
  const states = allGraphs(definition).flatMap(({ States }) => Object.entries(States));
  return new Map(states.filter(([, { Type }]) => Type === 'Task') as [string, Task][]);
}

/** Where the workflows of different kinds of serving part. */
const DEPLOYMENT = 'Acquire endpoint lock';

/** Returns the names of the states that the matrix tests of a configuration. */
export function statesToTest(config: PipelineConfig): string[] {
  const definition = definitionOf(synthesise(config));
  const all = [...tasksOf(definition).keys()];
  if (config === realtime) return all;
  const others = tasksOf(definitionOf(synthesise(realtime)));
  const { States } = definition;
  const later = [...reachable({ StartAt: DEPLOYMENT, States })].map((name) => [name, States[name]!] as const);
  const inner = later.flatMap(([, state]) => innerGraphs(state).flatMap(allGraphs));
  const deploying = new Set([
    ...later.map(([name]) => name),
    ...inner.flatMap((graph) => Object.keys(graph.States)),
  ]);
  return all.filter((name) => deploying.has(name) || !others.has(name));
}
