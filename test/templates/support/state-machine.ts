import type { State, StateGraph, StateMachineDefinition } from 'local-cloud/testing';
import { allGraphs } from './graph';
import { only, type Synthesis } from './synthesis';

/** The synthesised definition. */
export function definitionOf({ pipeline }: Synthesis): StateMachineDefinition {
  const { properties } = only<{ DefinitionString: string }>(pipeline, 'AWS::StepFunctions::StateMachine');
  return JSON.parse(properties.DefinitionString) as StateMachineDefinition;
}

/** Every state with its name, those inside of Map and Parallel included. */
export function allStates(graph: StateGraph): (readonly [name: string, state: State])[] {
  return allGraphs(graph).flatMap(({ States }) => Object.entries(States));
}
