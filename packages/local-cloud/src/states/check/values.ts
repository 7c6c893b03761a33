import { isJsonataString } from '../language/definition';
import { isObject, type JsonValue } from '../language/json';
import { INTRINSICS } from '../jsonpath/intrinsic-functions';
import { parseIntrinsic, type IntrinsicCall } from '../jsonpath/intrinsic-call';
import { isReferencePath, parsePath } from '../jsonpath/path';
import { PathSyntaxError } from '../jsonpath/scanner';
import { parseTimestamp } from '../language/timestamp';
import { checkExpression } from './expression';
import type { Check, Fields, Place } from './place';

const show = (value: unknown) => JSON.stringify(value);

export const anything: Check = () => {};

export const text: Check = (value, place) => {
  if (typeof value !== 'string') place.report(`Expected a string, but was ${show(value)}`);
};

export const bool: Check = (value, place) => {
  if (typeof value !== 'boolean') place.report(`Expected true or false, but was ${show(value)}`);
};

export function oneOf(...allowed: JsonValue[]): Check {
  return (value, place) => {
    if (allowed.includes(value as JsonValue)) return;
    place.report(`The value ${show(value)} should be one of [${allowed.join(', ')}]`);
  };
}

export function numberFrom(least: number, most: number, { whole = true } = {}): Check {
  return (value, place) => {
    const fits =
      typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value));
    if (!fits)
      place.report(
        `Expected a ${whole ? 'whole ' : ''}number from ${least} to ${most}, but was ${show(value)}`,
      );
  };
}

export const timestamp: Check = (value, place) => {
  if (typeof value !== 'string' || parseTimestamp(value) === undefined) {
    place.report(`String does not match RFC3339 timestamp: ${show(value)}`);
  }
};

/** @param check for each item */
export function listOf(check: Check, { allowEmpty = false } = {}): Check {
  return (value, place) => {
    if (!Array.isArray(value)) return place.report(`Expected an array, but was ${show(value)}`);
    if (value.length === 0 && !allowEmpty) place.report('Value cannot be empty');
    value.forEach((item, i) => check(item, place.at(i)));
  };
}

/** Checks an object's fields; any other is refused by name. */
export function checkFields(value: unknown, fields: Fields, required: readonly string[], place: Place): void {
  if (!isObject(value)) return place.report(`Expected an object, but was ${show(value)}`);
  const missing = required.filter((field) => value[field] === undefined);
  if (missing.length > 0) place.report(`These fields are required: [${missing.join(', ')}]`);
  for (const [field, member] of Object.entries(value)) {
    if (Object.hasOwn(fields, field)) fields[field]!(member, place.at(field));
    else
      place.at(field).report(`Field is not supported here; allowed are [${Object.keys(fields).join(', ')}]`);
  }
}

export function atMostOne(value: object, fields: readonly string[], place: Place): void {
  const found = fields.filter((field) => field in value);
  if (found.length > 1)
    place.report(`Only one of [${fields.join(', ')}] may be given, but found [${found.join(', ')}]`);
}

export function exactlyOne(value: object, fields: readonly string[], place: Place): void {
  if (fields.some((field) => field in value)) atMostOne(value, fields, place);
  else place.report(`One of [${fields.join(', ')}] is required`);
}

/** A path on the data, the context object or a variable. */
export const path: Check = (value, place) => {
  attempt(place, value, () => parsePath(String(value)), 'a valid JSONPath');
};

export const nullablePath: Check = (value, place) => {
  if (value !== null) path(value, place);
};

/** ResultPath: where to write. */
export const resultPath: Check = (value, place) => {
  if (value === null) return;
  const parsed = attempt(place, value, () => parsePath(String(value)), 'a valid JSONPath');
  if (parsed && (parsed.root !== '$' || !isReferencePath(parsed))) {
    place.report(
      `The path ${show(value)} must name one place in the state's input: '$' with names and indexes`,
    );
  }
};

/** A path or an intrinsic function. */
export const pathOrIntrinsic: Check = (value, place) => {
  const wanted = 'a valid JSONPath or a valid intrinsic function call';
  attempt(
    place,
    value,
    () => {
      const source = String(value);
      if (source.startsWith('States.')) checkCall(parseIntrinsic(source));
      else parsePath(source);
    },
    wanted,
  );
};

function checkCall(call: IntrinsicCall): void {
  const known = Object.hasOwn(INTRINSICS, call.name) ? INTRINSICS[call.name] : undefined;
  if (!known) throw new PathSyntaxError(`there is no intrinsic function States.${call.name}`);
  const [least, most] = known.arity;
  if (call.args.length < least || call.args.length > most) {
    const range = least === most ? `${least}` : `${least} to ${most}`;
    throw new PathSyntaxError(`States.${call.name} takes ${range} arguments, but has ${call.args.length}`);
  }
  for (const argument of call.args) if (argument.kind === 'call') checkCall(argument.call);
}

function attempt<T>(place: Place, value: unknown, parse: () => T, wanted: string): T | undefined {
  try {
    if (typeof value !== 'string') throw new PathSyntaxError('it is not a string');
    return parse();
  } catch (error) {
    if (!(error instanceof PathSyntaxError)) throw error;
    place.report(`The value ${show(value)} must be ${wanted}: ${error.message}`);
    return undefined;
  }
}

/** A JSONPath payload template. */
export const pathTemplate: Check = (value, place) => {
  if (Array.isArray(value)) return value.forEach((item, i) => pathTemplate(item, place.at(i)));
  if (!isObject(value)) return;
  for (const [key, member] of Object.entries(value)) {
    const plain = key.replace(/\.\$$/, '');
    if (plain === key) pathTemplate(member, place.at(key));
    else if (plain in value)
      place.at(key).report(`The field '${plain}' is given twice: with and without '.$'`);
    else pathOrIntrinsic(member, place.at(key));
  }
};

/** Any JSON, in which every string within `{% … %}` is an expression. */
export const jsonataTemplate: Check = (value, place) => {
  if (Array.isArray(value)) return value.forEach((item, i) => jsonataTemplate(item, place.at(i)));
  if (isObject(value))
    return Object.entries(value).forEach(([key, member]) => jsonataTemplate(member, place.at(key)));
  if (isJsonataString(value)) return checkExpression(value, place);
  if (typeof value === 'string' && (value.startsWith('{%') || value.endsWith('%}'))) {
    place.report(
      `The string ${show(value)} must start with '{%' and end with '%}' to be a JSONata expression`,
    );
  }
};

/** An expression, or what the other check takes. */
export function jsonataOr(check: Check): Check {
  return (value, place) => (isJsonataString(value) ? checkExpression(value, place) : check(value, place));
}

export const object: Check = (value, place) => {
  if (!isObject(value)) place.report(`Expected an object, but was ${show(value)}`);
};

export function both(...checks: Check[]): Check {
  return (value, place) => checks.forEach((check) => check(value, place));
}
