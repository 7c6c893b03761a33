import type { QueryLanguage } from '../language/definition';
import { isObject, type JsonObject } from '../language/json';
import { LIMITS } from '../language/limits';
import type { Check, Fields, Location } from './location';
import { checkState } from './state';
import { anything, checkFields, object, oneOf, text } from './values';

/** The state of a check that all graphs of the machine share. */
export interface MachineScope {
  readonly language: QueryLanguage;
  /** Every state name so far: names are unique in the whole machine. */
  readonly names: Set<string>;
  /** Variables that the enclosing graphs assign. */
  readonly outerVariables: ReadonlySet<string>;
}

/** Checks a graph's states, its transitions, and the graphs within its states. */
export function checkGraph(value: unknown, location: Location, scope: MachineScope, own: Fields = {}): void {
  checkFields(
    value,
    { Comment: anything, StartAt: text, States: object, ...own },
    ['States', 'StartAt'],
    location,
  );
  if (!isObject(value) || !isObject(value.States)) return;
  const { States: states, StartAt } = value;
  const statesLocation = location.at('States');
  if (Object.keys(states).length === 0) return statesLocation.report('Value cannot be empty');

  for (const [name, state] of Object.entries(states)) {
    const at = statesLocation.at(name);
    checkName(name, at, scope.names);
    checkState(state, at, scope.language);
    if (!isObject(state)) continue;
    checkScopes(state, at, scope.outerVariables);
    // The enclosing state assigns its own variables after its inner states have run.
    const others = Object.values(states).filter((other) => other !== state);
    const outerVariables = new Set([...scope.outerVariables, ...others.flatMap(assignedBy)]);
    checkInnerGraphs(state, at, { ...scope, outerVariables });
  }
  checkTransitions(states, StartAt, location);
}

function checkName(name: string, location: Location, names: Set<string>): void {
  if (name.length > LIMITS.stateNameCharacters || name.length === 0) {
    location.report(
      `A state's name has 1 to ${LIMITS.stateNameCharacters} characters, but this one has ${name.length}`,
    );
  }
  if (names.has(name))
    location.report(`A state with the name '${name}' exists already`, 'DUPLICATE_STATE_NAME');
  names.add(name);
}

const INLINE: Fields = { Mode: oneOf('INLINE'), ExecutionType: anything };

/** The mode that runs each iteration as a separate execution. */
const processorConfig: Check = (value, location) => {
  if (isObject(value) && value.Mode === 'DISTRIBUTED')
    return location.at('Mode').unsupported('The mode DISTRIBUTED');
  checkFields(value, INLINE, [], location);
};

function checkInnerGraphs(
  { Branches, ItemProcessor, Iterator }: JsonObject,
  location: Location,
  scope: MachineScope,
): void {
  if (Array.isArray(Branches)) {
    Branches.forEach((branch, i) => checkGraph(branch, location.at('Branches').at(i), scope));
  }
  for (const [field, graph] of Object.entries({ ItemProcessor, Iterator })) {
    if (graph !== undefined)
      checkGraph(graph, location.at(field), scope, { ProcessorConfig: processorConfig });
  }
}

interface Transition {
  readonly field: string;
  readonly target: unknown;
  readonly location: Location;
}

function transitions(state: unknown, location: Location): Transition[] {
  if (!isObject(state)) return [];
  const nested = [state.Choices, state.Catch].flatMap((list, i) =>
    (Array.isArray(list) ? list : []).map((entry, j) => ({
      entry,
      at: location.at(i ? 'Catch' : 'Choices').at(j),
    })),
  );
  return [
    { field: 'Next', target: state.Next, location },
    { field: 'Default', target: state.Default, location },
    ...nested.map(({ entry, at }) => ({
      field: 'Next',
      target: isObject(entry) ? entry.Next : undefined,
      location: at,
    })),
  ].filter(({ target }) => target !== undefined);
}

function checkTransitions(states: JsonObject, startAt: unknown, location: Location): void {
  const statesLocation = location.at('States');
  const all: Transition[] = [
    { field: 'StartAt', target: startAt, location },
    ...Object.entries(states).flatMap(([name, state]) => transitions(state, statesLocation.at(name))),
  ];
  for (const { field, target, location: at } of all) {
    if (typeof target === 'string' && !Object.hasOwn(states, target)) {
      at.at(field).report(`Missing '${field}' target: ${target}`, 'MISSING_TRANSITION_TARGET');
    }
  }
  const targets = new Set(all.map(({ target }) => target));
  for (const name of Object.keys(states)) {
    if (!targets.has(name)) {
      statesLocation.at(name).report(`State "${name}" is not reachable`, 'MISSING_TRANSITION_TARGET');
    }
  }
  const ends = (state: unknown) =>
    isObject(state) && (state.End === true || state.Type === 'Succeed' || state.Type === 'Fail');
  if (!Object.values(states).some(ends)) {
    statesLocation.report(
      'No state ends this graph; one must have "End": true or be Succeed or Fail',
      'MISSING_TERMINAL_STATE',
    );
  }
}

/** Returns the Assign fields of a state: its own, and those of its rules and catchers. */
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

function checkScopes(state: JsonObject, location: Location, outerVariables: ReadonlySet<string>): void {
  for (const name of new Set(assignedBy(state))) {
    if (outerVariables.has(name)) {
      location.report(
        `The variable '${name}' is assigned in an outer scope; inside Map and Parallel choose another name`,
      );
    }
  }
}
