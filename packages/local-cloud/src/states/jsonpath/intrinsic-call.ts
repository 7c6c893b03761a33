import type { JsonValue } from '../language/json';
import { LIMITS } from '../language/limits';
import { scanPath, type Path } from './path';
import { PathSyntaxError, Scanner } from './scanner';

/** An argument of an intrinsic function; a string keeps its escapes, because `\{` has a meaning in States.Format. */
export type Argument =
  | { readonly kind: 'call'; readonly call: IntrinsicCall }
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'string'; readonly raw: string }
  | { readonly kind: 'literal'; readonly value: JsonValue };

export interface IntrinsicCall {
  readonly text: string;
  /** Without the prefix `States.` */
  readonly name: string;
  readonly args: readonly Argument[];
}

const cache = new Map<string, IntrinsicCall>();

/** @throws PathSyntaxError */
export function parseIntrinsic(text: string): IntrinsicCall {
  let call = cache.get(text);
  if (!call) {
    const scanner = new Scanner(text);
    call = scanCall(scanner, 0);
    if (!scanner.atEnd()) scanner.fail('the end of the function');
    cache.set(text, call);
  }
  return call;
}

function scanCall(scanner: Scanner, depth: number): IntrinsicCall {
  if (depth > LIMITS.intrinsicNesting) {
    throw new PathSyntaxError(`more than ${LIMITS.intrinsicNesting} intrinsic functions are nested`);
  }
  const start = scanner.position;
  scanner.expect('States.');
  const name = scanner.match(/\w+/y) ?? scanner.fail('the name of an intrinsic function');
  scanner.expect('(');
  scanner.skipBlanks();
  const args = scanner.at(')') ? [] : scanner.list(() => scanArgument(scanner, depth));
  scanner.expect(')');
  return { text: scanner.text.slice(start, scanner.position), name, args };
}

function scanArgument(scanner: Scanner, depth: number): Argument {
  if (scanner.at('$')) return { kind: 'path', path: scanPath(scanner) };
  if (scanner.at("'")) return { kind: 'string', raw: scanString(scanner) };
  if (scanner.at('States.')) return { kind: 'call', call: scanCall(scanner, depth + 1) };
  const number = scanner.number();
  if (number !== undefined) return { kind: 'literal', value: number };
  const word = scanner.match(/(true|false|null)\b/y);
  if (word) return { kind: 'literal', value: JSON.parse(word) as JsonValue };
  return scanner.fail("a path, a string in single quotes, a number, true, false, null or 'States.…'");
}

function scanString(scanner: Scanner): string {
  scanner.expect("'");
  const raw = scanner.match(/(?:[^'\\]|\\['{}\\])*/y) ?? '';
  if (scanner.at('\\')) scanner.fail("one of the escapes \\' \\{ \\} \\\\");
  scanner.expect("'");
  return raw;
}

/** Removes the backslashes of `\'`, `\{`, `\}`, `\\`. */
export function unescapeString(raw: string): string {
  return raw.replace(/\\(['{}\\])/g, '$1');
}
