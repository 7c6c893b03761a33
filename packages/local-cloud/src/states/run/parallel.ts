import type { ParallelState } from '../language/definition';
import type { JsonValue } from '../language/json';
import { checkPayloadSize } from '../language/limits';
import { runBranches } from './branches';
import { runGraph } from './graph';
import type { StateData } from './state-data';
import type { Visit } from './visit';

/** One attempt of a Parallel state; every branch gets the same input, the result is the list of their outputs. */
export async function runParallel(visit: Visit<ParallelState>, data: StateData): Promise<JsonValue> {
  const { flow, state } = visit;
  const input = await data.taskArguments(state);
  checkPayloadSize(input, visit.name);
  flow.record('ParallelStateStarted');
  const outputs = await runBranches(flow, {
    count: state.Branches.length,
    concurrency: state.Branches.length,
    run: async (branch, index) => {
      const output = await runGraph(state.Branches[index]!, input, branch);
      return { output, endEventId: branch.lastEventId };
    },
  });
  flow.recordAside('ParallelStateSucceeded');
  return outputs;
}
