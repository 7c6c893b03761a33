import { getMember, isObject, jsonType, setMember, type JsonObject, type JsonValue } from '../language/json';
import { StatesError } from '../language/errors';
import { testFilter } from './filter';
import { isDefinite, parsePath, type Path, type Step } from './path';

/** The values that a path can start from. */
export interface PathScope {
  readonly data: JsonValue;
  readonly context: JsonObject;
  readonly variable: (name: string) => JsonValue | undefined;
}

/**
 * Returns the value that a path selects; for an indefinite path (wildcard, slice, filter, `..`) the array of values.
 * @returns undefined if a definite path selects nothing
 */
export function selectPath(path: Path, scope: PathScope, item?: JsonValue): JsonValue | undefined {
  const root = rootValue(path, scope, item);
  if (root === undefined) return undefined;
  const nodes = path.steps.reduce(
    (current, step) => current.flatMap((node) => follow(node, step, scope)),
    [root],
  );
  return isDefinite(path) ? nodes[0] : nodes;
}

/** Returns the result of `selectPath`; throws AWS's error if the path selects nothing. */
export function requirePath(text: string, scope: PathScope): JsonValue {
  const path = parsePath(text);
  const value = selectPath(path, scope);
  if (value !== undefined) return value;
  throw new StatesError('States.Runtime', `Invalid path '${text}' : ${explainMissing(path, scope)}`);
}

function rootValue(path: Path, scope: PathScope, item: JsonValue | undefined): JsonValue | undefined {
  if (path.root === '$') return scope.data;
  if (path.root === '$$') return scope.context;
  return path.root === '@' ? item : scope.variable(path.root.variable);
}

function follow(node: JsonValue, step: Step, scope: PathScope): JsonValue[] {
  switch (step.kind) {
    case 'name':
      return present(getMember(node, step.name));
    case 'names':
      return step.names.flatMap((name) => present(getMember(node, name)));
    case 'index':
      return present(Array.isArray(node) ? node.at(step.index) : undefined);
    case 'indexes':
      return step.indexes.flatMap((index) => present(Array.isArray(node) ? node.at(index) : undefined));
    case 'slice':
      return Array.isArray(node) ? node.slice(step.from, step.to) : [];
    case 'wildcard':
      return children(node);
    case 'descendants':
      return descendants(node);
    case 'filter':
      return (Array.isArray(node) ? node : [node]).filter((item) =>
        testFilter(step.filter, (path) => selectPath(path, scope, item)),
      );
  }
}

function present(value: JsonValue | undefined): JsonValue[] {
  return value === undefined ? [] : [value];
}

function children(node: JsonValue): JsonValue[] {
  if (Array.isArray(node)) return node;
  return isObject(node) ? Object.values(node) : [];
}

function descendants(node: JsonValue): JsonValue[] {
  return [node, ...children(node).flatMap(descendants)];
}

/**
 * Returns the message of the JSONPath library in Step Functions: it differs for the last step and the steps before it.
 */
function explainMissing(path: Path, scope: PathScope): string {
  const walked: Step[] = [];
  for (const step of path.steps) {
    walked.push(step);
    if (selectPath({ ...path, steps: walked }, scope) !== undefined) continue;
    const location = `${rootText(path)}${walked.map(bracketed).join('')}`;
    return walked.length === path.steps.length
      ? `No results for path: ${location}`
      : `Missing property in path ${location}`;
  }
  return `No results for path: ${rootText(path)}`;
}

function rootText({ root }: Path): string {
  return typeof root === 'string' ? root : `$${root.variable}`;
}

function bracketed(step: Step): string {
  return step.kind === 'index' ? `[${step.index}]` : `['${step.kind === 'name' ? step.name : '*'}']`;
}

/**
 * Returns a copy of `target` with `value` at a reference path (ResultPath). Missing objects on the path are created; an
 * array must already have the index.
 * @throws StatesError States.ResultPathMatchFailure
 */
export function insertAtPath(target: JsonValue, path: Path, value: JsonValue): JsonValue {
  const insert = (node: JsonValue | undefined, [step, ...rest]: readonly Step[]): JsonValue => {
    if (!step) return value;
    if (step.kind === 'name' && (node === undefined || isObject(node))) {
      const copy = { ...node };
      setMember(copy, step.name, insert(node && getMember(node, step.name), rest));
      return copy;
    }
    if (step.kind === 'index' && Array.isArray(node) && node[step.index] !== undefined) {
      return node.with(step.index, insert(node[step.index], rest));
    }
    throw new StatesError(
      'States.ResultPathMatchFailure',
      `Unable to apply ResultPath '${path.text}' at ${bracketed(step)}: the input holds ` +
        `${node === undefined ? 'nothing' : jsonType(node)} there. Give the state an object to write into, or another ResultPath.`,
    );
  };
  return insert(target, path.steps);
}
