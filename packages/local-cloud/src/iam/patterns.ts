import type { Fault } from './malformed';

/** The request's condition keys in lower case, each with at least one value. */
export type RequestKeys = ReadonlyMap<string, readonly string[]>;

/** Returns true if a value matches; `undefined` if a variable of the pattern has no value in this request. */
export type Matcher = (value: string, keys: RequestKeys) => boolean | undefined;

export interface PatternOptions {
  /**
   * `exact`: character for character. `like`: `*` and `?` match any characters. `arn`: as `like`, but in the first five
   * parts of an ARN they do not match a colon.
   */
  style: 'exact' | 'like' | 'arn';
  ignoreCase?: boolean;
  /** True if `${…}` is a policy variable: only in documents of version 2012-10-17. */
  variables: boolean;
}

const MANY = Symbol('*');
const ONE = Symbol('?');
type Resolved = string | typeof MANY | typeof ONE;
export interface Variable {
  key: string;
  fallback?: string;
}
export type Token = Resolved | Variable;

/** Source: "IAM policy elements: Variables and tags" in the IAM User Guide. */
const VARIABLE = /^\s*([\w.-]+:[^,'{}]+?)\s*(?:,\s*'([^']*)'\s*)?$/;

/** Splits a pattern into literal text, wildcards and variables. */
export function tokens(text: string, { style, variables }: PatternOptions, fault: Fault): readonly Token[] {
  const wildcards = style !== 'exact';
  const found: Token[] = [];
  for (let at = 0; at < text.length; ) {
    if (variables && text.startsWith('${', at)) {
      const end = text.indexOf('}', at);
      if (end < 0)
        throw fault(`'${text}' opens a policy variable with \${ and does not close it; add the }.`);
      found.push(variable(text.slice(at + 2, end), fault));
      at = end + 1;
      continue;
    }
    const character = text[at] ?? '';
    const last = found.at(-1);
    at += 1;
    if (wildcards && character === '*') {
      // Two stars in a row mean the same as one, and would make the expression slow.
      if (last !== MANY) found.push(MANY);
    } else if (wildcards && character === '?') found.push(ONE);
    else if (typeof last === 'string') found[found.length - 1] = last + character;
    else found.push(character);
  }
  return found;
}

/** Parses a variable. `${*}`, `${?}` and `${$}` are the literal characters. */
function variable(inner: string, fault: Fault): Token {
  if (inner === '*' || inner === '?' || inner === '$') return inner;
  const match = VARIABLE.exec(inner);
  if (!match) {
    throw fault(
      `\${${inner}} is not a policy variable; write \${prefix:key}, \${prefix:key, 'default'}, or \${*}, \${?} or \${$} for the character.`,
    );
  }
  const [, key = '', fallback] = match;
  return { key: key.toLowerCase(), ...(fallback !== undefined && { fallback }) };
}

/** Compiles a pattern for any number of values. Variables' values are literal: a `*` in one is a star. */
export function compile(text: string, options: PatternOptions, fault: Fault): Matcher {
  const parts = tokens(text, options, fault);
  if (isResolved(parts)) return compileResolved(parts, options);
  return (value, keys) => {
    const resolved = resolve(parts, keys);
    return resolved && compileResolved(resolved, options)(value, keys);
  };
}

function isResolved(parts: readonly Token[]): parts is readonly Resolved[] {
  return parts.every((part) => typeof part !== 'object');
}

function resolve(parts: readonly Token[], keys: RequestKeys): readonly Resolved[] | undefined {
  const resolved: Resolved[] = [];
  for (const part of parts) {
    if (typeof part !== 'object') {
      resolved.push(part);
      continue;
    }
    const values = keys.get(part.key);
    // A key with several values has no single value to substitute: AWS allows single-valued keys only.
    const value = values?.length === 1 ? values[0] : values ? undefined : part.fallback;
    if (value === undefined) return undefined;
    resolved.push(value);
  }
  return resolved;
}

function compileResolved(parts: readonly Resolved[], { style, ignoreCase }: PatternOptions): Matcher {
  if (parts.length === 1 && parts[0] === MANY && style === 'like') return () => true;
  if (!ignoreCase && parts.every((part) => typeof part === 'string')) {
    const text = parts.join('');
    return (value) => value === text;
  }
  let colons = 0;
  let source = '';
  for (const part of parts) {
    if (typeof part === 'string') {
      colons += part.split(':').length - 1;
      source += part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    } else {
      const character = style === 'arn' && colons < 5 ? '[^:]' : '.';
      source += part === MANY ? `${character}*` : character;
    }
  }
  const expression = new RegExp(`^${source}$`, ignoreCase ? 'isu' : 'su');
  return (value) => expression.test(value);
}
