/** A JSONata expression as the States Language wants it. */
export type Expression = `{%${string}%}`;

/** Returns the expression. @param code JSONata, e.g. `$plan.names.training` */
export function jsonata(code: string): Expression {
  return `{% ${code} %}`;
}

/**
 * An SDK input with expressions allowed as values: a misspelt field is a compile error, and an expression's result is
 * checked at run time.
 */
export type Arguments<T> =
  | Expression
  | (T extends string | number | boolean | Date | Uint8Array | undefined
      ? T
      : T extends readonly (infer Item)[]
        ? readonly Arguments<Item>[]
        : { readonly [Field in keyof T]: Arguments<T[Field]> });

/**
 * Returns the name of a variable that belongs to a state: inside of a Map or a Parallel no variable may have the name of
 * one outside.
 *
 * @param what such as `refusal`
 */
export function variableOf(stateName: string, what: string): string {
  const words = `${what} of ${stateName}`.replace(/\W+/g, ' ').trim().split(' ');
  return words
    .map((word, index) => (index === 0 ? word : `${word[0]!.toUpperCase()}${word.slice(1)}`))
    .join('');
}

/** Returns a value as JSONata source, for use inside of another expression; expressions in it become its code. */
export function literal(value: unknown): string {
  if (typeof value === 'string') {
    const code = /^\{%(.*)%\}$/s.exec(value)?.[1];
    return code === undefined ? JSON.stringify(value) : code.trim();
  }
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(([name, field]) => `${JSON.stringify(name)}: ${literal(field)}`);
    return `{${fields.join(', ')}}`;
  }
  return JSON.stringify(value);
}

/** An SDK input in the form of Step Functions: every member in PascalCase, whatever the service's own case. */
export type PascalCase<T> = { [K in keyof T as K extends string ? Capitalize<K> : K]: PascalCaseValue<T[K]> };
type PascalCaseValue<T> = T extends readonly (infer U)[] ? PascalCase<U>[] : T;
