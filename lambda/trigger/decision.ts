import { automaticRunName } from '../../lib/contract/names';
import type { QuietPeriod, RunTrigger } from '../../lib/contract/triggers';

/** The run to come. Times in milliseconds since the epoch. */
export interface NextRun {
  /** Name of its execution, which does not change when the start is delayed or retried. */
  readonly runId: string;
  /** Time of the first request. */
  readonly since: number;
  /** Time of the start. */
  readonly at: number;
  /** Trigger of the first request. */
  readonly trigger: RunTrigger;
}

/** A request for a run. */
export interface Request {
  /** Time of the event. */
  readonly time: number;
  readonly trigger: RunTrigger;
}

export type Answer =
  | { readonly do: 'create'; readonly nextRun: NextRun }
  /** Delays the run to come. */
  | { readonly do: 'move'; readonly nextRun: NextRun }
  /** Replaces a run to come that was never started: its schedule's invocation was lost. */
  | { readonly do: 'replace'; readonly nextRun: NextRun }
  /** The run to come will include the request. */
  | { readonly do: 'join' }
  /** A run that started after the event includes it. */
  | { readonly do: 'ignore' };

const MINUTE_MS = 60_000;

/**
 * Scheduler fires within the minute: a move of less than half of one is not worth a call, of which a burst would make
 * many.
 */
const WORTH_MOVING_MS = 30_000;

/**
 * Scheduler retries the function for 10 minutes, Lambda for 3 more. An older next run that still exists was given up by
 * both.
 */
const LOST_AFTER_MS = 15 * MINUTE_MS;

/** EventBridge's times have whole seconds, and clocks differ slightly. */
const CLOCK_TOLERANCE_MS = 5_000;

/**
 * Interval between checks of a run that must end first. 1,440 per day, two calls each; AWS's free tier is a million per
 * month.
 */
export const RECHECK_MS = MINUTE_MS;

/**
 * Returns the decision on a request.
 *
 * @param nextRun the run to come, if there is one
 * @param newestStart start of the newest run, if there is one; only used without a next run
 */
export function answerRequest(
  { time, trigger }: Request,
  now: number,
  quiet: QuietPeriod,
  nextRun: NextRun | undefined,
  newestStart: number | undefined,
): Answer {
  const fresh: NextRun = {
    runId: automaticRunName(new Date(now)),
    since: now,
    at: now + quiet.quietMinutes * MINUTE_MS,
    trigger,
  };
  if (!nextRun) return covers(newestStart, time) ? { do: 'ignore' } : { do: 'create', nextRun: fresh };
  if (nextRun.at <= now) {
    return now - nextRun.at > LOST_AFTER_MS ? { do: 'replace', nextRun: fresh } : { do: 'join' };
  }
  const at = Math.min(fresh.at, nextRun.since + quiet.maxWaitMinutes * MINUTE_MS);
  return at - nextRun.at >= WORTH_MOVING_MS ? { do: 'move', nextRun: { ...nextRun, at } } : { do: 'join' };
}

/** Returns true if a run with this start includes an event: it pins data, parameters and champion after its start. */
function covers(start: number | undefined, time: number): boolean {
  return start !== undefined && start >= time + CLOCK_TOLERANCE_MS;
}
