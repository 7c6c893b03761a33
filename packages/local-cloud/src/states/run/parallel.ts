import type { ParallelState } from '../language/definition';
import type { JsonValue } from '../language/json';
import { checkPayloadSize } from '../language/limits';
import { runBranches, takeBranches } from './branches';
import { runGraph } from './graph';
import type { StateData } from './state-data';
import type { Visit } from './visit';

/** Runs one attempt of a Parallel state; every branch gets the same input, the result is the list of their outputs. */
export async function runParallel(visit: Visit<ParallelState>, data: StateData): Promise<JsonValue> {
  const { flow, state } = visit;
  const before = takeBranches(visit, () => state.Branches.length);
  const input = before ? before.data : await data.taskArguments(state);
  if (!before) {
    checkPayloadSize(input, visit.name);
    flow.record('ParallelStateStarted', {}, { data: input });
  }
  const outputs = await runBranches(flow, {
    count: state.Branches.length,
    concurrency: state.Branches.length,
    before,
    run: async (branch, index, progress) => {
      const output = await runGraph(state.Branches[index]!, input, branch, progress);
      return { output, endEventId: branch.lastEventId };
    },
  });
  if (!before?.succeeded) flow.recordAside('ParallelStateSucceeded');
  return outputs;
}
