import { isJsonataString, jsonataSource } from '../language/definition';
import { QueryEvaluationError } from '../language/errors';
import { isObject, jsonType, setMember, type JsonObject, type JsonValue } from '../language/json';
import { evaluateExpression, ExpressionError } from './expression';

type Bindings = Readonly<Record<string, unknown>>;

/**
 * Evaluates every `{% … %}` string in a field's value; everything else stays unchanged.
 * @param location the field, for the error: `Arguments/FunctionName`
 * @throws QueryEvaluationError
 */
export async function evaluateTemplate(
  template: JsonValue,
  location: string,
  bindings: Bindings,
): Promise<JsonValue> {
  if (isJsonataString(template)) return evaluateField(template, location, bindings);
  if (Array.isArray(template)) {
    return Promise.all(template.map((item, i) => evaluateTemplate(item, `${location}/${i}`, bindings)));
  }
  if (!isObject(template)) return template;
  const result: JsonObject = {};
  for (const [key, value] of Object.entries(template)) {
    setMember(result, key, await evaluateTemplate(value, `${location}/${key}`, bindings));
  }
  return result;
}

async function evaluateField(text: string, location: string, bindings: Bindings): Promise<JsonValue> {
  const source = jsonataSource(text);
  try {
    return await evaluateExpression(source, bindings);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new QueryEvaluationError(
      `The JSONata expression '${source}' specified for the field '${location}' ${error.message}`,
      location,
    );
  }
}

export interface Kinds {
  array: JsonValue[];
  string: string;
  number: number;
  boolean: boolean;
}

/** Evaluates a template like `evaluateTemplate`, for a field that requires one type. */
export async function evaluateTyped<K extends keyof Kinds>(
  template: JsonValue,
  kind: K,
  location: string,
  bindings: Bindings,
): Promise<Kinds[K]> {
  const value = await evaluateTemplate(template, location, bindings);
  const found = jsonType(value);
  if (found === kind) return value as Kinds[K];
  const subject = isJsonataString(template)
    ? `The JSONata expression '${jsonataSource(template)}'`
    : 'The value';
  throw new QueryEvaluationError(
    `${subject} specified for the field '${location}' returned an unexpected result type. ` +
      `Expected '${kind}', but was '${found}' for value: ${JSON.stringify(value)}`,
    location,
  );
}
