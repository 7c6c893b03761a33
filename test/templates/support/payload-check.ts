import type { State } from 'local-cloud/testing';

/** `$states.result` as a whole: without a field (or, of a Parallel, a branch) after it. */
const WHOLE_RESULT = /\$states\.result(?!\.[A-Za-z]\w*|\[\d+\])/;
/** Functions that reduce a list to one number. */
const AGGREGATE = /\$(count|sum|max|min|average)\([^()]*\)/g;

/**
 * A payload has 256 KiB at most, and the description of a job or the results of a Map grow with what they are about.
 * So a state keeps of its result what it names:
 *
 * - every Task, Parallel and Map says what its output is, since by default it is the whole result;
 * - neither Output nor Assign holds a result as a whole, and of a Map nothing but aggregates;
 * - a variable that is made of itself only counts, since in a loop anything else grows with every turn.
 *
 * The answer of a function (`$states.result.Payload`) counts as named: its size is its own contract.
 */
export function payloadFaults(state: State): string[] {
  const faults: string[] = [];
  if (state.Type === 'Task' || state.Type === 'Parallel' || state.Type === 'Map') {
    if (state.Output === undefined) faults.push('has no Output, so its whole result goes on');
    for (const text of expressions({ Output: state.Output, Assign: state.Assign })) {
      const kept = text.replace(AGGREGATE, '');
      if (WHOLE_RESULT.test(kept)) faults.push(`keeps its whole result: ${text}`);
      else if (state.Type === 'Map' && kept.includes('$states.result')) {
        faults.push(`keeps results of a Map: ${text}`);
      }
    }
  }
  return [...faults, ...assignments(state).flatMap(growth)];
}

function assignments(state: State): [name: string, value: unknown][] {
  const entries = [
    state,
    ...('Catch' in state ? (state.Catch ?? []) : []),
    ...(state.Type === 'Choice' ? state.Choices : []),
  ];
  return entries.flatMap((entry) => ('Assign' in entry ? Object.entries(entry.Assign ?? {}) : []));
}

function growth([name, value]: [name: string, value: unknown]): string[] {
  const itself = new RegExp(`\\$${name}\\b`);
  const counts = new RegExp(`^\\{%\\s*\\$${name} [+-] \\d+\\s*%\\}$`);
  return expressions(value)
    .filter((text) => itself.test(text) && !counts.test(text))
    .map((text) => `makes $${name} of itself: ${text}`);
}

/** Every string in a value. */
function expressions(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(expressions) : [];
}
