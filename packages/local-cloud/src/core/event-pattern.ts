/** A JSON value that describes matching events (EventBridge's event patterns, SNS's filters). */
export type Pattern = Record<string, unknown>;

/** Returns the reason why a pattern is invalid; `undefined` for a valid pattern. */
export function patternProblem(pattern: unknown, path = ''): string | undefined {
  if (!isObject(pattern)) return `"${path || 'the pattern'}" must be an object or an array`;
  if (Object.keys(pattern).length === 0) return `"${path || 'the pattern'}" must not be empty`;
  for (const [key, value] of Object.entries(pattern)) {
    const here = path ? `${path}.${key}` : key;
    const problem =
      key === '$or' && Array.isArray(value)
        ? orProblem(value, here)
        : Array.isArray(value)
          ? leafProblem(value, here)
          : patternProblem(value, here);
    if (problem) return problem;
  }
  return undefined;
}

/** Returns true if an event matches. Every key of the pattern must match; other keys of the event do not matter. */
export function matchesPattern(pattern: Pattern, event: unknown): boolean {
  return Object.entries(pattern).every(([key, wanted]) => {
    if (key === '$or' && Array.isArray(wanted))
      return wanted.some((each) => matchesPattern(each as Pattern, event));
    const value = isObject(event) && Object.hasOwn(event, key) ? event[key] : undefined;
    if (Array.isArray(wanted)) return wanted.some((rule) => matchesLeaf(rule, value));
    const candidates = Array.isArray(value) ? value : [value];
    return candidates.some((candidate) => matchesPattern(wanted as Pattern, candidate));
  });
}

type Test = (argument: never, value: unknown) => boolean;

/** The operators by name, with the form of their argument. */
const OPERATORS: Readonly<
  Record<string, { fits: (argument: unknown) => boolean; needs: string; test: Test }>
> = {
  prefix: {
    fits: (argument) => isString(argument) || isIgnoringCase(argument),
    needs: 'a string or {"equals-ignore-case": string}',
    test: affix((text, part) => text.startsWith(part)),
  },
  suffix: {
    fits: (argument) => isString(argument) || isIgnoringCase(argument),
    needs: 'a string or {"equals-ignore-case": string}',
    test: affix((text, part) => text.endsWith(part)),
  },
  'equals-ignore-case': {
    fits: isString,
    needs: 'a string',
    test: (argument: string, value) => isString(value) && value.toLowerCase() === argument.toLowerCase(),
  },
  wildcard: {
    fits: (argument) => isString(argument) && !argument.includes('**'),
    needs: 'a string without two * in a row',
    test: (argument: string, value) => isString(value) && wildcard(argument).test(value),
  },
  exists: {
    fits: (argument) => typeof argument === 'boolean',
    needs: 'true or false',
    test: (argument: boolean, value) => (value !== undefined) === argument,
  },
  numeric: {
    fits: isNumericRange,
    needs: 'a list such as [">", 0, "<=", 5]',
    test: (argument: unknown[], value) => typeof value === 'number' && inRange(argument, value),
  },
  'anything-but': {
    fits: (argument) => (isObject(argument) ? isNegatable(argument) : asList(argument).every(isScalar)),
    needs: 'a value, a list of values, or prefix, suffix, equals-ignore-case or wildcard',
    test: (argument: unknown, value) => value !== undefined && !matchesAny(argument, value),
  },
};

function matchesLeaf(rule: unknown, value: unknown): boolean {
  if (Array.isArray(value)) return value.some((item) => matchesLeaf(rule, item));
  if (!isObject(rule)) return rule === value;
  return Object.entries(rule).every(([name, argument]) => OPERATORS[name]!.test(argument as never, value));
}

function matchesAny(argument: unknown, value: unknown): boolean {
  if (!isObject(argument)) return asList(argument).includes(value);
  return Object.entries(argument).some(([name, parts]) => {
    return asList(parts).some((part) => OPERATORS[name]!.test(part as never, value));
  });
}

function affix(test: (text: string, part: string) => boolean): Test {
  return (argument: string | { 'equals-ignore-case': string }, value: unknown) => {
    if (!isString(value)) return false;
    if (isString(argument)) return test(value, argument);
    return test(value.toLowerCase(), argument['equals-ignore-case'].toLowerCase());
  };
}

function wildcard(pattern: string): RegExp {
  const parts = pattern.split(/(\\[*\\]|\*)/).map((part) => {
    if (part === '*') return '.*';
    return (part.length === 2 && part.startsWith('\\') ? part.slice(1) : part).replace(
      /[.*+?^${}()|[\]\\]/g,
      '\\$&',
    );
  });
  return new RegExp(`^${parts.join('')}$`, 's');
}

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

function inRange(range: readonly unknown[], value: number): boolean {
  return range.every((name, i) => i % 2 === 1 || COMPARISONS[name as string]!(value, range[i + 1] as number));
}

function isNumericRange(argument: unknown): boolean {
  if (!Array.isArray(argument) || (argument.length !== 2 && argument.length !== 4)) return false;
  return argument.every((item, i) => {
    return i % 2 === 0 ? isString(item) && Object.hasOwn(COMPARISONS, item) : Number.isFinite(item);
  });
}

function orProblem(alternatives: unknown[], path: string): string | undefined {
  if (alternatives.length < 2) return `"${path}" needs at least two patterns`;
  return alternatives.map((each, i) => patternProblem(each, `${path}[${i}]`)).find((problem) => problem);
}

function leafProblem(rules: unknown[], path: string): string | undefined {
  if (rules.length === 0) return `"${path}" must not be an empty array`;
  for (const rule of rules) {
    if (isScalar(rule)) continue;
    if (!isObject(rule) || Object.keys(rule).length !== 1) {
      return `"${path}" must hold values and single operators, not ${JSON.stringify(rule)}`;
    }
    for (const [name, argument] of Object.entries(rule)) {
      const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
      if (!operator)
        return `"${path}" has the unknown operator ${name}; known: ${Object.keys(OPERATORS).join(', ')}`;
      if (!operator.fits(argument))
        return `"${path}": ${name} takes ${operator.needs}, not ${JSON.stringify(argument)}`;
    }
  }
  return undefined;
}

const isScalar = (value: unknown) => value === null || ['string', 'number', 'boolean'].includes(typeof value);
const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isIgnoringCase(argument: unknown): boolean {
  return (
    isObject(argument) &&
    Object.keys(argument).join() === 'equals-ignore-case' &&
    isString(argument['equals-ignore-case'])
  );
}

function isNegatable(argument: Record<string, unknown>): boolean {
  const [name = '', ...others] = Object.keys(argument);
  const negatable = ['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(name);
  return negatable && others.length === 0 && asList(argument[name]).every(isString);
}
