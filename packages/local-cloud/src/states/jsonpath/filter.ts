import { jsonEquals, type JsonValue } from '../language/json';
import { scanPath, type Path } from './path';
import type { Scanner } from './scanner';

/** The condition of `[?(…)]`. */
export type Filter =
  | { readonly kind: 'or' | 'and'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'not'; readonly operand: Filter }
  | { readonly kind: 'exists'; readonly path: Path }
  | {
      readonly kind: 'compare';
      readonly left: Operand;
      readonly operator: Comparison;
      readonly right: Operand;
    };

type Comparison = '==' | '!=' | '<=' | '>=' | '<' | '>';
type Operand = { readonly path: Path } | { readonly value: JsonValue };

/** Longer operators first, so that `<=` is not read as `<`. */
const COMPARISONS: readonly Comparison[] = ['==', '!=', '<=', '>=', '<', '>'];

export function parseFilter(scanner: Scanner): Filter {
  let left = parseConjunction(scanner);
  while (scanner.skip('||')) left = { kind: 'or', left, right: parseConjunction(scanner) };
  return left;
}

function parseConjunction(scanner: Scanner): Filter {
  let left = parseTerm(scanner);
  while (scanner.skip('&&')) left = { kind: 'and', left, right: parseTerm(scanner) };
  return left;
}

function parseTerm(scanner: Scanner): Filter {
  scanner.skipBlanks();
  const term = scanTerm(scanner);
  scanner.skipBlanks();
  return term;
}

function scanTerm(scanner: Scanner): Filter {
  if (scanner.skip('!')) return { kind: 'not', operand: parseTerm(scanner) };
  if (scanner.skip('(')) {
    const inner = parseFilter(scanner);
    scanner.expect(')');
    return inner;
  }
  const left = parseOperand(scanner);
  scanner.skipBlanks();
  const operator = COMPARISONS.find((token) => scanner.skip(token));
  if (operator) {
    scanner.skipBlanks();
    return { kind: 'compare', left, operator, right: parseOperand(scanner) };
  }
  if ('path' in left) return { kind: 'exists', path: left.path };
  return scanner.fail("a comparison: '==', '!=', '<', '<=', '>' or '>='");
}

function parseOperand(scanner: Scanner): Operand {
  if (scanner.at('@') || scanner.at('$')) return { path: scanPath(scanner) };
  if (scanner.at("'") || scanner.at('"')) return { value: scanner.quoted() };
  const number = scanner.number();
  if (number !== undefined) return { value: number };
  const word = scanner.match(/true|false|null/y) ?? scanner.fail('a path, a string, a number or a literal');
  return { value: JSON.parse(word) as JsonValue };
}

/** @param read returns the value of a path within the filter, or undefined if it selects nothing */
export function testFilter(filter: Filter, read: (path: Path) => JsonValue | undefined): boolean {
  switch (filter.kind) {
    case 'or':
      return testFilter(filter.left, read) || testFilter(filter.right, read);
    case 'and':
      return testFilter(filter.left, read) && testFilter(filter.right, read);
    case 'not':
      return !testFilter(filter.operand, read);
    case 'exists':
      return read(filter.path) !== undefined;
    case 'compare': {
      const [left, right] = [filter.left, filter.right].map((side) =>
        'path' in side ? read(side.path) : side.value,
      );
      return compare(left, filter.operator, right);
    }
  }
}

function compare(left: JsonValue | undefined, operator: Comparison, right: JsonValue | undefined): boolean {
  const equal = left === undefined || right === undefined ? left === right : jsonEquals(left, right);
  if (operator === '==') return equal;
  if (operator === '!=') return !equal;
  const comparable =
    (typeof left === 'number' && typeof right === 'number') ||
    (typeof left === 'string' && typeof right === 'string');
  if (!comparable) return false;
  if (operator === '<') return left < right;
  if (operator === '>') return left > right;
  return operator === '<=' ? left <= right : left >= right;
}
