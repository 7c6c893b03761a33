import {
  type State,
  type StateGraph,
  type StateMachineDefinition,
  checkDefinition,
  findIntegration,
} from 'local-cloud/testing';
import { allGraphs, ending, reachable } from './graph';
import { payloadFaults } from './payload-check';
import { raisableErrors } from './raisable-errors';

// eslint-disable-next-line @typescript-eslint/no-require-imports -- the package has no types and exports a function
const validateAsl = require('asl-validator') as (definition: unknown) => {
  isValid: boolean;
  errorsText(): string;
};

/**
 * Finds the faults of a definition in JSONata before it is deployed, also those that CreateStateMachine accepts.
 *
 * @param thrown names of the errors that the functions throw
 * @returns one line per fault, which begins with the state's name; none for a valid definition
 */
export function definitionFaults(definition: StateMachineDefinition, thrown: readonly string[]): string[] {
  const refused = checkDefinition(definition);
  if (refused.length > 0) return refused.map(({ message, location }) => `${location}: ${message}`);
  return [
    ...(definition.QueryLanguage === 'JSONata' ? [] : ['QueryLanguage is not JSONata']),
    ...(definition.TimeoutSeconds === undefined ? ['the machine has no TimeoutSeconds'] : []),
    ...allGraphs(definition).flatMap((graph) => graphFaults(graph, thrown)),
  ];
}

/** Returns the faults that asl-validator finds; empty for a valid definition. It takes 150 ms. */
export function aslValidatorFaults(definition: unknown): string {
  const verdict = validateAsl(definition);
  return verdict.isValid ? '' : verdict.errorsText();
}

function graphFaults(graph: StateGraph, thrown: readonly string[]): string[] {
  const [reached, ends] = [reachable(graph), ending(graph)];
  return Object.entries(graph.States).flatMap(([name, state]) =>
    [
      ...(reached.has(name) ? [] : ['is never reached']),
      ...(ends.has(name) ? [] : ['leads to no end']),
      ...dialectFaults(state),
      ...taskFaults(state),
      ...choiceFaults(state),
      ...errorNameFaults(state, thrown),
      ...payloadFaults(state),
    ].map((fault) => `${name}: ${fault}`),
  );
}

/** Step Functions accepts JSONPath in a JSONata state as plain text, which is not evaluated. */
function dialectFaults(state: State): string[] {
  const {
    Branches: _branches,
    ItemProcessor: _processor,
    ...own
  } = state as unknown as Record<string, unknown>;
  const faults: string[] = [];
  const look = (value: unknown): void => {
    if (typeof value === 'string' && /^\$(\.|\$\.|$)|^States\.\w+\(/.test(value)) {
      faults.push(`holds the JSONPath ${value}`);
    }
    if (typeof value !== 'object' || value === null) return;
    for (const [key, member] of Object.entries(value)) {
      if (key.endsWith('.$')) faults.push(`holds the JSONPath field ${key}`);
      look(member);
    }
  };
  look(own);
  return faults;
}

/** Without a timeout a task that hangs, or whose token is not returned, runs for a year. */
function taskFaults(state: State): string[] {
  if (state.Type !== 'Task') return [];
  return [
    ...(findIntegration(state.Resource) ? [] : [`there is no integration ${state.Resource}`]),
    ...(state.TimeoutSeconds === undefined ? ['has no TimeoutSeconds'] : []),
  ];
}

/** A Choice without a match ends the run with an unclear error. */
function choiceFaults(state: State): string[] {
  return state.Type === 'Choice' && state.Default === undefined ? ['has no Default'] : [];
}

function errorNameFaults(state: State, thrown: readonly string[]): string[] {
  if (state.Type === 'Fail') {
    const { Error: name } = state;
    if (name === undefined) return ['ends without an error name'];
    return name.startsWith('{%') || thrown.includes(name) ? [] : [`ends with ${name}, an unknown error`];
  }
  if (!('Catch' in state || 'Retry' in state)) return [];
  const possible = raisableErrors(state, thrown);
  return [...(state.Retry ?? []), ...(state.Catch ?? [])]
    .flatMap(({ ErrorEquals }) => ErrorEquals)
    .filter((name) => !possible.has(name))
    .map((name) => `waits for ${name}, which it cannot raise`);
}
