import jsonata from 'jsonata';
import { setMember, type JsonObject, type JsonValue } from '../language/json';

/**
 * Limits of one expression, enforced by the jsonata library at every step of an evaluation: wall-clock milliseconds and
 * depth of nested calls. A single built-in call, such as a regular expression with catastrophic backtracking, is one
 * step and cannot be interrupted.
 */
const BOUNDS = { timeout: 5_000, stack: 10_000 };

/** An expression that could not be evaluated, or whose value is not JSON; `message` is the end of AWS's message. */
export class ExpressionError extends Error {}

const cache = new Map<string, jsonata.Expression>();

/** @throws the library's error, `{code, message, position}`, if the expression cannot be parsed */
export function compile(source: string): jsonata.Expression {
  let expression = cache.get(source);
  if (!expression) {
    expression = jsonata(source, BOUNDS);
    cache.set(source, expression);
  }
  return expression;
}

/**
 * @param bindings variables and functions by name, without `$`
 * @returns plain JSON, without the hidden properties of the library's arrays
 * @throws ExpressionError
 */
export async function evaluateExpression(
  source: string,
  bindings: Readonly<Record<string, unknown>>,
): Promise<JsonValue> {
  const value = await evaluateRaw(source, bindings);
  if (value === undefined) throw new ExpressionError('returned nothing (undefined).');
  return toJson(value);
}

async function evaluateRaw(source: string, bindings: Readonly<Record<string, unknown>>): Promise<unknown> {
  try {
    return await compile(source).evaluate(undefined, { ...bindings });
  } catch (error) {
    // The library throws plain objects; its functions throw errors.
    const { code, message } = error as { code?: string; message?: string };
    throw new ExpressionError(`threw an error during evaluation. ${code ? `${code}: ` : ''}${message}`);
  }
}

function toJson(value: unknown): JsonValue {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== 'object' || '_jsonata_lambda' in value || '_jsonata_function' in value) {
    throw new ExpressionError('returned an unsupported result type.');
  }
  const result: JsonObject = {};
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) setMember(result, key, toJson(member));
  }
  return result;
}
