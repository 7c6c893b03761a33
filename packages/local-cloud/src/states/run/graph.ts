import type { StateGraph } from '../language/definition';
import type { JsonValue } from '../language/json';
import type { Flow } from './flow';
import type { Progress } from './progress';
import { runState } from './state';

/**
 * Runs states from `StartAt` until one ends the graph; resolves with its output.
 * @param progress of a redriven graph: it continues from there
 */
export async function runGraph(
  graph: StateGraph,
  input: JsonValue,
  flow: Flow,
  progress?: Progress,
): Promise<JsonValue> {
  if (progress) {
    flow.lastEventId = progress.lastEventId;
    flow.variables.restore(progress.variables);
    if (progress.ended) return progress.ended.output;
  }
  let entered = progress?.entered;
  let { name, input: data } = entered ?? progress?.next ?? { name: graph.StartAt, input };
  for (;;) {
    const { output, next } = await runState(name, graph.States[name]!, data, flow, entered);
    if (next === undefined) return output;
    entered = undefined;
    name = next;
    data = output;
  }
}
