import { parseFilter, type Filter } from './filter';
import { PathSyntaxError, Scanner } from './scanner';

/** One step from a set of nodes to the next. */
export type Step =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'indexes'; readonly indexes: readonly number[] }
  | { readonly kind: 'slice'; readonly from?: number; readonly to?: number }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'descendants' }
  | { readonly kind: 'filter'; readonly filter: Filter };

export interface Path {
  readonly text: string;
  /** `$`: the data; `$$`: the context object; `$name`: a variable; `@`: the item a filter looks at. */
  readonly root: '$' | '$$' | '@' | { readonly variable: string };
  readonly steps: readonly Step[];
}

/** True for a path that can select only one node. Any other path returns an array, which may be empty. */
export function isDefinite(path: Path): boolean {
  return path.steps.every(({ kind }) => kind === 'name' || kind === 'index');
}

const cache = new Map<string, Path>();

/**
 * Parses a path of a States Language field: Step Functions' dialect of JSONPath, on `$`, `$$` or a variable.
 * @throws PathSyntaxError
 */
export function parsePath(text: string): Path {
  let path = cache.get(text);
  if (!path) {
    const scanner = new Scanner(text);
    path = scanPath(scanner);
    if (path.root === '@') scanner.fail('a path that starts with $');
    if (!scanner.atEnd()) scanner.fail('the end of the path');
    cache.set(text, path);
  }
  return path;
}

/** Reads a path within a longer text: an argument of an intrinsic function, an operand of a filter. */
export function scanPath(scanner: Scanner): Path {
  const start = scanner.position;
  const root = scanRoot(scanner);
  const steps: Step[] = [];
  while (scanner.at('.') || scanner.at('[')) steps.push(...scanStep(scanner));
  return { text: scanner.text.slice(start, scanner.position), root, steps };
}

function scanRoot(scanner: Scanner): Path['root'] {
  if (scanner.skip('@')) return '@';
  if (scanner.skip('$$')) return '$$';
  scanner.expect('$');
  const variable = scanner.match(/[\p{ID_Start}_][\p{ID_Continue}]*/uy);
  return variable ? { variable } : '$';
}

function scanStep(scanner: Scanner): Step[] {
  if (scanner.skip('..')) {
    const next = scanner.at('[') ? scanBracket(scanner) : scanMember(scanner);
    return [{ kind: 'descendants' }, next];
  }
  // A dot before a bracket is allowed: `$.[0]`.
  return scanner.skip('.') && !scanner.at('[') ? [scanMember(scanner)] : [scanBracket(scanner)];
}

function scanMember(scanner: Scanner): Step {
  if (scanner.skip('*')) return { kind: 'wildcard' };
  const name = scanner.match(/[^\s.,()[\]'"`?*&|!=<>~@$]+/y) ?? scanner.fail('a field name');
  if (scanner.at('(')) throw new PathSyntaxError(`the function ${name}() is not supported in a path`);
  return { kind: 'name', name };
}

function scanBracket(scanner: Scanner): Step {
  scanner.expect('[');
  const step = scanBracketContent(scanner);
  scanner.skipBlanks();
  scanner.expect(']');
  return step;
}

function scanBracketContent(scanner: Scanner): Step {
  scanner.skipBlanks();
  if (scanner.skip('*')) return { kind: 'wildcard' };
  if (scanner.skip('?')) {
    scanner.skipBlanks();
    scanner.expect('(');
    const filter = parseFilter(scanner);
    scanner.expect(')');
    return { kind: 'filter', filter };
  }
  if (scanner.at("'") || scanner.at('"')) {
    const names = scanner.list(() => scanner.quoted());
    return names.length === 1 ? { kind: 'name', name: names[0]! } : { kind: 'names', names };
  }
  const from = scanner.integer();
  if (scanner.skip(':')) return { kind: 'slice', from, to: scanner.integer() };
  if (from === undefined) scanner.fail("an index, a slice, a quoted name, '*' or a filter");
  if (!scanner.at(',')) return { kind: 'index', index: from };
  const rest = scanner.skip(',') ? scanner.list(() => scanner.integer() ?? scanner.fail('an index')) : [];
  return { kind: 'indexes', indexes: [from, ...rest] };
}

/** Parses a path to one location that can be written to: `$` with names and non-negative indexes. */
export function isReferencePath(path: Path): boolean {
  return path.steps.every((step) => step.kind === 'name' || (step.kind === 'index' && step.index >= 0));
}
