import type { State, StateGraph } from 'local-cloud/testing';

/** The graphs inside of a Parallel or a Map. */
export function innerGraphs(state: State): readonly StateGraph[] {
  if (state.Type === 'Parallel') return state.Branches;
  return state.Type === 'Map' ? [(state.ItemProcessor ?? state.Iterator)!] : [];
}

/** Every graph of a machine, from the outside in. */
export function allGraphs(graph: StateGraph): readonly StateGraph[] {
  return [graph, ...Object.values(graph.States).flatMap(innerGraphs).flatMap(allGraphs)];
}

/** Where a state can lead to. */
export function successors(state: State): readonly string[] {
  const next = 'Next' in state ? [state.Next] : [];
  const caught = 'Catch' in state ? (state.Catch ?? []).map(({ Next }) => Next) : [];
  const chosen = state.Type === 'Choice' ? [state.Default, ...state.Choices.map(({ Next }) => Next)] : [];
  return [...next, ...caught, ...chosen].filter((name) => name !== undefined);
}

/** Names of the states that an execution can come to. */
export function reachable({ StartAt, States }: StateGraph): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [StartAt];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const state = States[name];
    if (!state || found.has(name)) continue;
    found.add(name);
    open.push(...successors(state));
  }
  return found;
}

/** Names of the states from which an execution can come to an end. */
export function ending({ States }: StateGraph): ReadonlySet<string> {
  const ends = ({ Type, ...state }: State) => Type === 'Succeed' || Type === 'Fail' || 'End' in state;
  const found = new Set<string>();
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const [name, state] of Object.entries(States)) {
      if (ends(state) || successors(state).some((next) => found.has(next))) found.add(name);
    }
  }
  return found;
}
