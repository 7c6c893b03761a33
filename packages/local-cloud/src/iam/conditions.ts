import { isRecord, shown, within, type Fault } from './malformed';
import { OPERATORS } from './operators';
import type { RequestKeys } from './patterns';

/** Returns true if a statement's `Condition` holds for the request. */
export type Condition = (keys: RequestKeys) => boolean;

const NAME = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/;

/**
 * Compiles a `Condition` block: all its operators and keys must hold, and one of a key's values is enough.
 *
 * @param variables true if `${…}` is substituted
 * Throws the fault for an unknown operator, or a value that the operator does not accept.
 */
export function compileCondition(block: unknown, variables: boolean, fault: Fault): Condition {
  if (!isRecord(block))
    throw fault(`${shown(block)} is not a block of operators; use {operator: {key: value}}.`);
  const conditions = Object.entries(block).flatMap(([operator, keys]) => {
    const operatorFault = within(fault, operator);
    if (!isRecord(keys)) throw operatorFault(`${shown(keys)} is not a block of keys; use {key: value}.`);
    const compileKey = forOperator(operator, variables, fault);
    return Object.entries(keys).map(([key, values]) => {
      if (!key.includes(':')) {
        throw operatorFault(`'${key}' is not a condition key; it needs a prefix, such as aws: or s3:.`);
      }
      const keyFault = within(operatorFault, key);
      return compileKey(key.toLowerCase(), scalars(values, keyFault), keyFault);
    });
  });
  return (keys) => conditions.every((holds) => holds(keys));
}

type CompileKey = (key: string, values: readonly string[], fault: Fault) => Condition;

function forOperator(name: string, variables: boolean, fault: Fault): CompileKey {
  if (name === 'Null') return compileNull;
  const [, set, base = '', ifExists] = NAME.exec(name) ?? [];
  const operator = Object.hasOwn(OPERATORS, base) ? OPERATORS[base] : undefined;
  if (!operator) {
    throw fault(
      `'${name}' is not a condition operator; use Null, or one of ${Object.keys(OPERATORS).join(', ')}, each with ForAllValues: or ForAnyValue: before it and IfExists after it as needed.`,
    );
  }
  return (key, values, keyFault) => {
    const matchers = values.map((value) => operator.compile(value, variables, keyFault));
    // An unresolved variable is neither true nor false: a negated operator does not hold for it.
    const fits = (value: string, keys: RequestKeys): boolean =>
      operator.negated
        ? matchers.every((matches) => matches(value, keys) === false)
        : matchers.some((matches) => matches(value, keys) === true);
    if (set === 'ForAllValues') return (keys) => dataOf(keys.get(key)).every((value) => fits(value, keys));
    // IfExists does not change this: it applies to each value of the request, and there is none.
    if (set === 'ForAnyValue') return (keys) => dataOf(keys.get(key)).some((value) => fits(value, keys));
    const whenAbsent = operator.negated || ifExists !== undefined;
    return (keys) => {
      const requested = keys.get(key);
      if (!requested) return whenAbsent;
      return operator.negated
        ? requested.every((value) => fits(value, keys))
        : requested.some((value) => fits(value, keys));
    };
  };
}

/** Compiles `Null`: `true` requires an absent key, `false` a present one. */
function compileNull(key: string, values: readonly string[], fault: Fault): Condition {
  const wanted = values.map((value) => {
    if (value === 'true' || value === 'false') return value === 'true';
    throw fault(`${shown(value)} is neither true nor false; true requires the key to be absent.`);
  });
  return (keys) => wanted.includes(!keys.has(key));
}

/**
 * Returns the values that the set operators see: an empty string counts as no value.
 * Source: "Set operators for multi-valued context keys" in the IAM User Guide.
 */
function dataOf(values: readonly string[] | undefined): readonly string[] {
  return values?.filter((value) => value !== '') ?? [];
}

/** Returns the values as strings. A policy may also write them as JSON numbers and booleans. */
function scalars(value: unknown, fault: Fault): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) throw fault('has no value; name at least one.');
  return list.map((each) => {
    if (typeof each === 'string' || typeof each === 'number' || typeof each === 'boolean')
      return String(each);
    throw fault(`${shown(each)} is not a valid value; use a string, a number or a boolean.`);
  });
}
