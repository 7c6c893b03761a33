import type { HistoryEventType } from '@aws-sdk/client-sfn';
import { StatesError } from '../language/errors';
import type { JsonValue } from '../language/json';
import type { Flow, MapItem } from './flow';
import type { BranchesProgress, Progress } from './progress';
import type { Visit } from './visit';

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
  readonly run: (flow: Flow, index: number, progress?: Progress) => Promise<Branch>;
  /** The branches of the attempt that is continued. */
  readonly before?: BranchesProgress;
}

/**
 * Returns the branches that the state's first attempt after a redrive continues: only those that failed or were aborted
 * run again. "If the state failed because of a States.DataLimitExceeded error", it is rerun as a whole (Developer
 * Guide, "Redrive behavior of individual states"); this is interpreted as the size of its own result, since an
 * oversized result within a branch is that branch's failure.
 */
export function takeBranches(visit: Visit, count: (data: JsonValue) => number): BranchesProgress | undefined {
  const before = visit.takeBranches();
  if (!before?.oversized) return before;
  const { started, data } = before;
  return started.size === count(data) && [...started.values()].every(hasEnded) ? undefined : before;
}

const hasEnded = ({ ended }: Progress) => ended !== undefined;

/**
 * Runs flows within a flow, with limited concurrency. The first failure ends the others; their events follow the event
 * that failed, as in Step Functions' history.
 * @returns the outputs in the branches' order
 */
export async function runBranches(
  flow: Flow,
  { count, concurrency, item, run, before }: Branches,
): Promise<JsonValue[]> {
  const outputs = new Array<JsonValue>(count);
  if (before) flow.lastEventId = before.startedEventId;
  const waiting = toRun(count, before);
  for (const [index, { ended, lastEventId }] of before?.started ?? []) {
    if (!ended) continue;
    outputs[index] = ended.output;
    if (waiting.length === 0) flow.lastEventId = Math.max(flow.lastEventId, lastEventId);
  }
  const stop = new AbortController();
  const signal = AbortSignal.any([flow.signal, stop.signal]);
  const firstEventId = flow.lastEventId;
  const active = new Set<Flow>();
  let failure: { readonly error: unknown } | undefined;

  const fail = (branch: Flow, error: unknown) => {
    if (failure || flow.signal.aborted) return;
    failure = { error };
    flow.lastEventId = branch.lastEventId;
    for (const other of active) other.lastEventId = branch.lastEventId;
    stop.abort(error);
  };
  const work = async () => {
    for (let previousEventId = firstEventId; waiting.length > 0 && !signal.aborted; ) {
      const index = waiting.shift()!;
      const branch = flow.fork(signal, previousEventId, index, item?.(index));
      active.add(branch);
      try {
        const { output, endEventId } = await run(branch, index, before?.started.get(index));
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
  await Promise.all(Array.from({ length: Math.min(concurrency, waiting.length) }, work));
  flow.signal.throwIfAborted();
  if (failure) throw outward(failure.error);
  return outputs;
}

/** Returns the indices of the branches that have not ended, started branches first. */
function toRun(count: number, before: BranchesProgress | undefined): number[] {
  const all = Array.from({ length: count }, (_, index) => index);
  if (!before) return all;
  const { started } = before;
  const open = all.filter((index) => !started.get(index)?.ended);
  return [...open.filter((i) => started.has(i)), ...open.filter((i) => !started.has(i))];
}

/** States that can be interrupted; Step Functions records their end also if their own failure ended them. */
const ABORTABLE: ReadonlySet<string> = new Set(['Task', 'Wait', 'Parallel', 'Map']);

function recordAborted(branch: Flow): void {
  const type = branch.openState?.Type;
  if (type && ABORTABLE.has(type)) branch.recordAside(`${type}StateAborted` as HistoryEventType);
}

/**
 * Returns the failure for the enclosing state, without the location of an expression, which was recorded where it
 * failed.
 */
function outward(error: unknown): unknown {
  if (!(error instanceof StatesError)) return error;
  return new StatesError(error.error, error.errorCause, error.isHeartbeatTimeout);
}
