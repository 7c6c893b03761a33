import type { QueryLanguage } from '../language/definition';
import { isObject, type JsonObject } from '../language/json';
import { LIMITS } from '../language/limits';
import type { Check, Fields, Place } from './place';
import { checkState } from './state';
import { anything, checkFields, object, oneOf, text } from './values';

/** What a check of the whole machine carries from graph to graph. */
export interface MachineScope {
  readonly language: QueryLanguage;
  /** Every state name so far: they are unique in the whole machine. */
  readonly names: Set<string>;
  /** Variables that the graphs around this one assign. */
  readonly outerVariables: ReadonlySet<string>;
}

/** Checks a graph's states, how they hang together, and the graphs within them. */
export function checkGraph(value: unknown, place: Place, scope: MachineScope, own: Fields = {}): void {
  checkFields(
    value,
    { Comment: anything, StartAt: text, States: object, ...own },
    ['States', 'StartAt'],
    place,
  );
  if (!isObject(value) || !isObject(value.States)) return;
  const { States: states, StartAt } = value;
  const statesPlace = place.at('States');
  if (Object.keys(states).length === 0) return statesPlace.report('Value cannot be empty');

  for (const [name, state] of Object.entries(states)) {
    const at = statesPlace.at(name);
    checkName(name, at, scope.names);
    checkState(state, at, scope.language);
    if (!isObject(state)) continue;
    checkScopes(state, at, scope.outerVariables);
    // What the enclosing state assigns itself, it assigns after its inner states.
    const others = Object.values(states).filter((other) => other !== state);
    const outerVariables = new Set([...scope.outerVariables, ...others.flatMap(assignedBy)]);
    checkInnerGraphs(state, at, { ...scope, outerVariables });
  }
  checkTransitions(states, StartAt, place);
}

function checkName(name: string, place: Place, names: Set<string>): void {
  if (name.length > LIMITS.stateNameCharacters || name.length === 0) {
    place.report(
      `A state's name has 1 to ${LIMITS.stateNameCharacters} characters, but this one has ${name.length}`,
    );
  }
  if (names.has(name)) place.report(`A state with the name '${name}' exists already`, 'DUPLICATE_STATE_NAME');
  names.add(name);
}

const INLINE: Fields = { Mode: oneOf('INLINE'), ExecutionType: anything };

/** The mode that runs each iteration as an execution of its own. */
const processorConfig: Check = (value, place) => {
  if (isObject(value) && value.Mode === 'DISTRIBUTED')
    return place.at('Mode').unsupported('The mode DISTRIBUTED');
  checkFields(value, INLINE, [], place);
};

function checkInnerGraphs(
  { Branches, ItemProcessor, Iterator }: JsonObject,
  place: Place,
  scope: MachineScope,
): void {
  if (Array.isArray(Branches)) {
    Branches.forEach((branch, i) => checkGraph(branch, place.at('Branches').at(i), scope));
  }
  for (const [field, graph] of Object.entries({ ItemProcessor, Iterator })) {
    if (graph !== undefined) checkGraph(graph, place.at(field), scope, { ProcessorConfig: processorConfig });
  }
}

interface Transition {
  readonly field: string;
  readonly target: unknown;
  readonly place: Place;
}

function transitions(state: unknown, place: Place): Transition[] {
  if (!isObject(state)) return [];
  const nested = [state.Choices, state.Catch].flatMap((list, i) =>
    (Array.isArray(list) ? list : []).map((entry, j) => ({
      entry,
      at: place.at(i ? 'Catch' : 'Choices').at(j),
    })),
  );
  return [
    { field: 'Next', target: state.Next, place },
    { field: 'Default', target: state.Default, place },
    ...nested.map(({ entry, at }) => ({
      field: 'Next',
      target: isObject(entry) ? entry.Next : undefined,
      place: at,
    })),
  ].filter(({ target }) => target !== undefined);
}

function checkTransitions(states: JsonObject, startAt: unknown, place: Place): void {
  const statesPlace = place.at('States');
  const all: Transition[] = [
    { field: 'StartAt', target: startAt, place },
    ...Object.entries(states).flatMap(([name, state]) => transitions(state, statesPlace.at(name))),
  ];
  for (const { field, target, place: at } of all) {
    if (typeof target === 'string' && !Object.hasOwn(states, target)) {
      at.at(field).report(`Missing '${field}' target: ${target}`, 'MISSING_TRANSITION_TARGET');
    }
  }
  const targets = new Set(all.map(({ target }) => target));
  for (const name of Object.keys(states)) {
    if (!targets.has(name)) {
      statesPlace.at(name).report(`State "${name}" is not reachable`, 'MISSING_TRANSITION_TARGET');
    }
  }
  const ends = (state: unknown) =>
    isObject(state) && (state.End === true || state.Type === 'Succeed' || state.Type === 'Fail');
  if (!Object.values(states).some(ends)) {
    statesPlace.report(
      'No state ends this graph; one must have "End": true or be Succeed or Fail',
      'MISSING_TERMINAL_STATE',
    );
  }
}

/** The Assign fields of a state: its own, its rules' and its catchers'. */
function assigns(state: unknown): unknown[] {
  if (!isObject(state)) return [];
  const entries = [state.Choices, state.Catch].flatMap((list) => (Array.isArray(list) ? list : []));
  return [state, ...entries].map((entry) => (isObject(entry) ? entry.Assign : undefined));
}

function assignedBy(state: unknown): string[] {
  return assigns(state).flatMap((fields) =>
    isObject(fields) ? Object.keys(fields).map((key) => key.replace(/\.\$$/, '')) : [],
  );
}

function checkScopes(state: JsonObject, place: Place, outerVariables: ReadonlySet<string>): void {
  for (const name of new Set(assignedBy(state))) {
    if (outerVariables.has(name)) {
      place.report(
        `The variable '${name}' is assigned in an outer scope; inside Map and Parallel choose another name`,
      );
    }
  }
}
