import { isJsonataString } from '../language/definition';
import { isObject, type JsonValue } from '../language/json';
import { INTRINSICS } from '../jsonpath/intrinsic-functions';
import { parseIntrinsic, type IntrinsicCall } from '../jsonpath/intrinsic-call';
import { isReferencePath, parsePath } from '../jsonpath/path';
import { PathSyntaxError } from '../jsonpath/scanner';
import { parseTimestamp } from '../language/timestamp';
import { checkExpression } from './expression';
import type { Check, Fields, Location } from './location';

const show = (value: unknown) => JSON.stringify(value);

export const anything: Check = () => {};

export const text: Check = (value, location) => {
  if (typeof value !== 'string') location.report(`Expected a string, but was ${show(value)}`);
};

export const bool: Check = (value, location) => {
  if (typeof value !== 'boolean') location.report(`Expected true or false, but was ${show(value)}`);
};

export function oneOf(...allowed: JsonValue[]): Check {
  return (value, location) => {
    if (allowed.includes(value as JsonValue)) return;
    location.report(`The value ${show(value)} should be one of [${allowed.join(', ')}]`);
  };
}

export function numberFrom(least: number, most: number, { whole = true } = {}): Check {
  return (value, location) => {
    const fits =
      typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value));
    if (!fits)
      location.report(
        `Expected a ${whole ? 'whole ' : ''}number from ${least} to ${most}, but was ${show(value)}`,
      );
  };
}

export const timestamp: Check = (value, location) => {
  if (typeof value !== 'string' || parseTimestamp(value) === undefined) {
    location.report(`String does not match RFC3339 timestamp: ${show(value)}`);
  }
};

/** @param check for each item */
export function listOf(check: Check, { allowEmpty = false } = {}): Check {
  return (value, location) => {
    if (!Array.isArray(value)) return location.report(`Expected an array, but was ${show(value)}`);
    if (value.length === 0 && !allowEmpty) location.report('Value cannot be empty');
    value.forEach((item, i) => check(item, location.at(i)));
  };
}

/** Checks an object's fields; any other field is reported by name. */
export function checkFields(
  value: unknown,
  fields: Fields,
  required: readonly string[],
  location: Location,
): void {
  if (!isObject(value)) return location.report(`Expected an object, but was ${show(value)}`);
  const missing = required.filter((field) => value[field] === undefined);
  if (missing.length > 0) location.report(`These fields are required: [${missing.join(', ')}]`);
  for (const [field, member] of Object.entries(value)) {
    if (Object.hasOwn(fields, field)) fields[field]!(member, location.at(field));
    else
      location
        .at(field)
        .report(`Field is not supported here; allowed are [${Object.keys(fields).join(', ')}]`);
  }
}

export function atMostOne(value: object, fields: readonly string[], location: Location): void {
  const found = fields.filter((field) => field in value);
  if (found.length > 1)
    location.report(`Only one of [${fields.join(', ')}] may be given, but found [${found.join(', ')}]`);
}

export function exactlyOne(value: object, fields: readonly string[], location: Location): void {
  if (fields.some((field) => field in value)) atMostOne(value, fields, location);
  else location.report(`One of [${fields.join(', ')}] is required`);
}

/** A path on the data, the context object or a variable. */
export const path: Check = (value, location) => {
  attempt(location, value, () => parsePath(String(value)), 'a valid JSONPath');
};

export const nullablePath: Check = (value, location) => {
  if (value !== null) path(value, location);
};

/** ResultPath: a path to write to. */
export const resultPath: Check = (value, location) => {
  if (value === null) return;
  const parsed = attempt(location, value, () => parsePath(String(value)), 'a valid JSONPath');
  if (parsed && (parsed.root !== '$' || !isReferencePath(parsed))) {
    location.report(
      `The path ${show(value)} must name one location in the state's input: '$' with names and indexes`,
    );
  }
};

/** A path or an intrinsic function. */
export const pathOrIntrinsic: Check = (value, location) => {
  const wanted = 'a valid JSONPath or a valid intrinsic function call';
  attempt(
    location,
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

function attempt<T>(location: Location, value: unknown, parse: () => T, wanted: string): T | undefined {
  try {
    if (typeof value !== 'string') throw new PathSyntaxError('it is not a string');
    return parse();
  } catch (error) {
    if (!(error instanceof PathSyntaxError)) throw error;
    location.report(`The value ${show(value)} must be ${wanted}: ${error.message}`);
    return undefined;
  }
}

/** A JSONPath payload template. */
export const pathTemplate: Check = (value, location) => {
  if (Array.isArray(value)) return value.forEach((item, i) => pathTemplate(item, location.at(i)));
  if (!isObject(value)) return;
  for (const [key, member] of Object.entries(value)) {
    const plain = key.replace(/\.\$$/, '');
    if (plain === key) pathTemplate(member, location.at(key));
    else if (plain in value)
      location.at(key).report(`The field '${plain}' is given twice: with and without '.$'`);
    else pathOrIntrinsic(member, location.at(key));
  }
};

/** Any JSON in which every string within `{% … %}` is an expression. */
export const jsonataTemplate: Check = (value, location) => {
  if (Array.isArray(value)) return value.forEach((item, i) => jsonataTemplate(item, location.at(i)));
  if (isObject(value))
    return Object.entries(value).forEach(([key, member]) => jsonataTemplate(member, location.at(key)));
  if (isJsonataString(value)) return checkExpression(value, location);
  if (typeof value === 'string' && (value.startsWith('{%') || value.endsWith('%}'))) {
    location.report(
      `The string ${show(value)} must start with '{%' and end with '%}' to be a JSONata expression`,
    );
  }
};

/** An expression, or a value that the other check accepts. */
export function jsonataOr(check: Check): Check {
  return (value, location) =>
    isJsonataString(value) ? checkExpression(value, location) : check(value, location);
}

export const object: Check = (value, location) => {
  if (!isObject(value)) location.report(`Expected an object, but was ${show(value)}`);
};

export function both(...checks: Check[]): Check {
  return (value, location) => checks.forEach((check) => check(value, location));
}
