import type { StateGraph } from '../language/definition';
import type { JsonValue } from '../language/json';
import type { Flow } from './flow';
import { runState } from './state';

/** Runs states from `StartAt` until one ends the graph; resolves with its output. */
export async function runGraph(graph: StateGraph, input: JsonValue, flow: Flow): Promise<JsonValue> {
  for (let name: string | undefined = graph.StartAt, data = input; ; ) {
    const { output, next } = await runState(name, graph.States[name]!, data, flow);
    if (next === undefined) return output;
    name = next;
    data = output;
  }
}
