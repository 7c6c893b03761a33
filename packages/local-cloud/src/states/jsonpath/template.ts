import { isObject, setMember, type JsonValue } from '../language/json';
import { StatesError } from '../language/errors';
import type { Random } from '../language/random';
import { INTRINSICS, IntrinsicError } from './intrinsic-functions';
import { parseIntrinsic, unescapeString, type Argument, type IntrinsicCall } from './intrinsic-call';
import { parsePath, type Path } from './path';
import { selectPath, type PathScope } from './select';

export interface TemplateScope extends PathScope {
  readonly random: Random;
}

/**
 * Fills a payload template (Parameters, ResultSelector, ItemSelector, Assign …): a field `name.$` becomes `name` with
 * the value of its path or intrinsic function; everything else stays unchanged.
 * @throws StatesError States.Runtime for a path without a value, States.IntrinsicFailure
 */
export function fillTemplate(template: JsonValue, scope: TemplateScope): JsonValue {
  if (Array.isArray(template)) return template.map((item) => fillTemplate(item, scope));
  if (!isObject(template)) return template;
  const filled = {};
  for (const [key, value] of Object.entries(template)) {
    if (key.endsWith('.$')) setMember(filled, key.slice(0, -2), evaluate(String(value), key, scope));
    else setMember(filled, key, fillTemplate(value, scope));
  }
  return filled;
}

/** Evaluates a path or an intrinsic function, as `name.$`, ErrorPath and CausePath accept them. */
export function evaluate(expression: string, field: string, scope: TemplateScope): JsonValue {
  if (!expression.startsWith('States.')) return lookUp(parsePath(expression), field, scope);
  const call = parseIntrinsic(expression);
  try {
    return invoke(call, field, scope);
  } catch (error) {
    if (!(error instanceof IntrinsicError)) throw error;
    throw new StatesError(
      'States.IntrinsicFailure',
      `The intrinsic function '${expression}' specified for the field '${field}' failed: ${error.message}.`,
    );
  }
}

function lookUp(path: Path, field: string, scope: TemplateScope): JsonValue {
  const value = selectPath(path, scope);
  if (value !== undefined) return value;
  throw new StatesError(
    'States.Runtime',
    `The JSONPath '${path.text}' specified for the field '${field}' could not be found in the input ` +
      `'${JSON.stringify(path.root === '$$' ? scope.context : scope.data)}'`,
  );
}

function invoke(call: IntrinsicCall, field: string, scope: TemplateScope): JsonValue {
  const args = call.args.map((argument, i) =>
    resolve(argument, call.name === 'Format' && i === 0, field, scope),
  );
  return INTRINSICS[call.name]!.run(args, scope.random);
}

function resolve(argument: Argument, isFormat: boolean, field: string, scope: TemplateScope): JsonValue {
  switch (argument.kind) {
    case 'call':
      return invoke(argument.call, field, scope);
    case 'path':
      return lookUp(argument.path, field, scope);
    case 'string':
      return isFormat ? argument.raw : unescapeString(argument.raw);
    case 'literal':
      return argument.value;
  }
}
