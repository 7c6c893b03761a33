import type { MapState } from '../language/definition';
import type { JsonValue } from '../language/json';
import { checkPayloadSize, LIMITS } from '../language/limits';
import { runBranches, type Branch } from './branches';
import type { Flow } from './flow';
import { runGraph } from './graph';
import type { StateData } from './state-data';
import type { Visit } from './visit';

/** One attempt of an inline Map state; the result is the list of the iterations' outputs. */
export async function runMap(visit: Visit<MapState>, data: StateData): Promise<JsonValue> {
  const { flow, state, name } = visit;
  const processor = (state.ItemProcessor ?? state.Iterator)!;
  const items = await data.items(state);
  const concurrency = (await data.maxConcurrency(state)) || LIMITS.inlineMapConcurrency;
  flow.record('MapStateStarted', { mapStateStartedEventDetails: { length: items.length } });

  const iterate = async (iteration: Flow, index: number): Promise<Branch> => {
    const details = { name, index };
    const input = await data.itemInput(state, iteration.mapItem!);
    checkPayloadSize(input, name);
    iteration.record('MapIterationStarted', { mapIterationStartedEventDetails: details });
    // All iterations that start together do so before their first states.
    await Promise.resolve();
    try {
      const output = await runGraph(processor, input, iteration);
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
    run: iterate,
  });
  flow.recordAside('MapStateSucceeded');
  return outputs;
}
