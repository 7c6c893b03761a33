import type { ChoiceTest } from '../language/definition';
import { StatesError } from '../language/errors';
import type { JsonValue } from '../language/json';
import { parseTimestamp } from '../language/timestamp';
import { parsePath } from './path';
import { requirePath, selectPath, type PathScope } from './select';

type Comparison = (value: JsonValue, operand: JsonValue) => boolean;
type Order = (difference: number) => boolean;

const ORDERS: Readonly<Record<string, Order>> = {
  Equals: (difference) => difference === 0,
  LessThan: (difference) => difference < 0,
  LessThanEquals: (difference) => difference <= 0,
  GreaterThan: (difference) => difference > 0,
  GreaterThanEquals: (difference) => difference >= 0,
};

/** Values of another type than the operator's do not match, which is not an error. */
function ordered<T extends string | number>(
  read: (value: JsonValue) => T | undefined,
  order: Order,
): Comparison {
  return (value, operand) => {
    const [left, right] = [read(value), read(operand)];
    if (left === undefined || right === undefined) return false;
    return order(left < right ? -1 : left > right ? 1 : 0);
  };
}

const asString = (value: JsonValue) => (typeof value === 'string' ? value : undefined);
const asNumber = (value: JsonValue) => (typeof value === 'number' ? value : undefined);
const asTime = (value: JsonValue) => (typeof value === 'string' ? parseTimestamp(value) : undefined);

const is =
  (test: (value: JsonValue) => boolean): Comparison =>
  (value, wanted) =>
    test(value) === wanted;

const COMPARISONS = new Map<string, Comparison>([
  ...Object.entries(ORDERS).flatMap(([suffix, order]): [string, Comparison][] => [
    [`String${suffix}`, ordered(asString, order)],
    [`Numeric${suffix}`, ordered(asNumber, order)],
    [`Timestamp${suffix}`, ordered(asTime, order)],
  ]),
  ['BooleanEquals', (value, operand) => typeof value === 'boolean' && value === operand],
  ['StringMatches', (value, pattern) => typeof value === 'string' && matchesPattern(value, String(pattern))],
  ['IsNull', is((value) => value === null)],
  ['IsNumeric', is((value) => typeof value === 'number')],
  ['IsString', is((value) => typeof value === 'string')],
  ['IsBoolean', is((value) => typeof value === 'boolean')],
  ['IsTimestamp', is((value) => asTime(value) !== undefined)],
]);

const PATH_SUFFIX = 'Path';
/** The operators that have a variant taking the operand from a path. */
const TAKES_PATH = /^(String|Numeric|Timestamp|Boolean)(Equals|LessThan|GreaterThan)/;

/** All operators a rule may use, the `…Path` variants included. */
export const CHOICE_OPERATORS: ReadonlySet<string> = new Set([
  ...COMPARISONS.keys(),
  ...[...COMPARISONS.keys()].filter((name) => TAKES_PATH.test(name)).map((name) => name + PATH_SUFFIX),
  'IsPresent',
]);

/** Fields of a test that are not its operator. */
const NOT_OPERATORS = new Set(['Variable', 'Next', 'Comment', 'Assign', 'Output']);

export function operatorOf(test: ChoiceTest): string | undefined {
  return Object.keys(test).find((field) => !NOT_OPERATORS.has(field));
}

/**
 * Returns true if the rule matches. `And` and `Or` stop at the first test that decides.
 * @throws StatesError States.Runtime if a path selects nothing, except for IsPresent
 */
export function matchesRule(rule: ChoiceTest, scope: PathScope): boolean {
  if (rule.And) return rule.And.every((test) => matchesRule(test, scope));
  if (rule.Or) return rule.Or.some((test) => matchesRule(test, scope));
  if (rule.Not) return !matchesRule(rule.Not, scope);
  const operator = operatorOf(rule)!;
  const operand = rule[operator] as JsonValue;
  const value = selectPath(parsePath(rule.Variable!), scope);
  if (operator === 'IsPresent') return (value !== undefined) === operand;
  if (value === undefined) {
    throw new StatesError(
      'States.Runtime',
      `Invalid path '${rule.Variable}': The choice state's condition path references an invalid value.`,
    );
  }
  const compare = COMPARISONS.get(operator);
  if (compare) return compare(value, operand);
  return COMPARISONS.get(operator.slice(0, -PATH_SUFFIX.length))!(value, requirePath(String(operand), scope));
}

/** Matches a text pattern: `*` matches any number of characters, `\*` and `\\` match the character itself. */
function matchesPattern(value: string, pattern: string): boolean {
  const parts = [...pattern.matchAll(/\\([*\\])|([^])/g)].map(([, escaped, plain]) =>
    plain === '*' ? '[^]*' : (escaped ?? plain)!.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'),
  );
  return new RegExp(`^${parts.join('')}$`).test(value);
}
