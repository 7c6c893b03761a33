import type { MapState } from '../language/definition';
import type { JsonValue } from '../language/json';
import { checkPayloadSize, LIMITS } from '../language/limits';
import { runBranches, takeBranches, type Branch } from './branches';
import type { Flow } from './flow';
import { runGraph } from './graph';
import type { Progress } from './progress';
import type { StateData } from './state-data';
import type { Visit } from './visit';

/** Runs one attempt of an inline Map state; the result is the list of the iterations' outputs. */
export async function runMap(visit: Visit<MapState>, data: StateData): Promise<JsonValue> {
  const { flow, state, name } = visit;
  const processor = (state.ItemProcessor ?? state.Iterator)!;
  const before = takeBranches(visit, (all) => (all as JsonValue[]).length);
  const items = before ? (before.data as JsonValue[]) : await data.items(state);
  const concurrency = (await data.maxConcurrency(state)) || LIMITS.inlineMapConcurrency;
  if (!before) {
    const mapStateStartedEventDetails = { length: items.length };
    flow.record('MapStateStarted', { mapStateStartedEventDetails }, { data: items });
  }

  const iterate = async (iteration: Flow, index: number, progress?: Progress): Promise<Branch> => {
    const details = { name, index };
    const input = hasNoState(progress) ? await data.itemInput(state, iteration.mapItem!) : null;
    checkPayloadSize(input, name);
    if (!progress) iteration.record('MapIterationStarted', { mapIterationStartedEventDetails: details });
    // All iterations that start together record their start before their first states.
    await Promise.resolve();
    try {
      const output = await runGraph(processor, input, iteration, progress);
      const endEventId = iteration.recordAside('MapIterationSucceeded', {
        mapIterationSucceededEventDetails: details,
      });
      return { output, endEventId };
    } catch (error) {
      if (iteration.signal.aborted) {
        iteration.recordAside('MapIterationAborted', { mapIterationAbortedEventDetails: details });
      } else {
        iteration.recordAside('MapIterationFailed', { mapIterationFailedEventDetails: details });
      }
      throw error;
    }
  };
  const outputs = await runBranches(flow, {
    count: items.length,
    concurrency: Math.min(concurrency, LIMITS.inlineMapConcurrency),
    item: (index) => ({ Index: index, Value: items[index]! }),
    before,
    run: iterate,
  });
  if (!before?.succeeded) flow.recordAside('MapStateSucceeded');
  return outputs;
}

/** Returns true if the iteration has not entered any state yet, so that its input is needed. */
function hasNoState(progress: Progress | undefined): boolean {
  return !progress?.entered && !progress?.next && !progress?.ended;
}
