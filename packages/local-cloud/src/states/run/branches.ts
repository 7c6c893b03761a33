import type { HistoryEventType } from '@aws-sdk/client-sfn';
import { StatesError } from '../language/errors';
import type { JsonValue } from '../language/json';
import type { Flow, MapItem } from './flow';

/** One branch of a Parallel state or iteration of a Map. */
export interface Branch {
  readonly output: JsonValue;
  /** The event that ended it. */
  readonly endEventId: number;
}

interface Branches {
  readonly count: number;
  readonly concurrency: number;
  readonly item?: (index: number) => MapItem;
  readonly run: (flow: Flow, index: number) => Promise<Branch>;
}

/**
 * Runs flows within a flow, so many at a time. The first failure ends the others; their events follow the one that
 * failed, as in Step Functions' history.
 * @returns the outputs in the branches' order
 */
export async function runBranches(
  flow: Flow,
  { count, concurrency, item, run }: Branches,
): Promise<JsonValue[]> {
  const outputs = new Array<JsonValue>(count);
  const stop = new AbortController();
  const signal = AbortSignal.any([flow.signal, stop.signal]);
  const firstEventId = flow.lastEventId;
  const active = new Set<Flow>();
  let failure: { readonly error: unknown } | undefined;
  let next = 0;

  const fail = (branch: Flow, error: unknown) => {
    if (failure || flow.signal.aborted) return;
    failure = { error };
    flow.lastEventId = branch.lastEventId;
    for (const other of active) other.lastEventId = branch.lastEventId;
    stop.abort(error);
  };
  const work = async () => {
    for (let previousEventId = firstEventId; next < count && !signal.aborted; ) {
      const index = next++;
      const branch = flow.fork(signal, previousEventId, item?.(index));
      active.add(branch);
      try {
        const { output, endEventId } = await run(branch, index);
        outputs[index] = output;
        flow.lastEventId = endEventId;
        previousEventId = branch.lastEventId;
      } catch (error) {
        fail(branch, error);
        recordAborted(branch);
      } finally {
        active.delete(branch);
        branch.variables.release();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, work));
  flow.signal.throwIfAborted();
  if (failure) throw outward(failure.error);
  return outputs;
}

/** States that can be found running; Step Functions records their end also where their own failure ended them. */
const ABORTABLE: ReadonlySet<string> = new Set(['Task', 'Wait', 'Parallel', 'Map']);

function recordAborted(branch: Flow): void {
  const type = branch.openState?.Type;
  if (type && ABORTABLE.has(type)) branch.recordAside(`${type}StateAborted` as HistoryEventType);
}

/** The failure as the enclosing state sees it: the place of an expression was recorded where it failed. */
function outward(error: unknown): unknown {
  if (!(error instanceof StatesError)) return error;
  return new StatesError(error.error, error.errorCause, error.isHeartbeatTimeout);
}
