import type { QuietPeriod, RunTrigger } from '../../lib/contract/triggers';

/** The run to come. Times in milliseconds since the epoch. */
export interface NextRun {
  /** Name of the execution that will be it, however often its start is put off or tried. */
  readonly runId: string;
  /** When it was first asked for. */
  readonly since: number;
  /** When it is to start. */
  readonly at: number;
  /** What asked first. */
  readonly trigger: RunTrigger;
}

/** Something that asks for a run. */
export interface Request {
  /** When it happened. */
  readonly time: number;
  readonly trigger: RunTrigger;
}

export type Answer =
  | { readonly do: 'create'; readonly nextRun: NextRun }
  /** The run to come waits longer. */
  | { readonly do: 'move'; readonly nextRun: NextRun }
  /** The run to come was never started: what fires it is lost. */
  | { readonly do: 'replace'; readonly nextRun: NextRun }
  /** The run to come will see it. */
  | { readonly do: 'join' }
  /** A run has started after it happened, and has seen it. */
  | { readonly do: 'ignore' };

const MINUTE_MS = 60_000;

/** Scheduler fires within the minute: less than half of one is not worth a call, of which a burst would make many. */
const WORTH_MOVING_MS = 30_000;

/**
 * Scheduler tries for 10 minutes to call the function, Lambda for 3 more. A next run that is older and still there has
 * been given up by both.
 */
const LOST_AFTER_MS = 15 * MINUTE_MS;

/** EventBridge's times have whole seconds, and clocks differ a little. */
const CLOCK_TOLERANCE_MS = 5_000;

/** Between two looks at a run that has to end first. 1,440 a day, each two calls; AWS gives a million a month. */
export const RECHECK_MS = MINUTE_MS;

/**
 * What becomes of a request.
 *
 * @param nextRun the run to come, if there is one
 * @param newestStart when the newest run started, if it is known and there was one; looked at only without a next run
 */
export function answerRequest(
  { time, trigger }: Request,
  now: number,
  quiet: QuietPeriod,
  nextRun: NextRun | undefined,
  newestStart: number | undefined,
): Answer {
  const fresh: NextRun = {
    runId: runIdOf(now),
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

/** A run pins its data, parameters and champion after its start. */
function covers(start: number | undefined, time: number): boolean {
  return start !== undefined && start >= time + CLOCK_TOLERANCE_MS;
}

/** `auto-20261121090000123`: when it was asked for. Runs by hand are called `run-…`. */
function runIdOf(time: number): string {
  return `auto-${new Date(time).toISOString().replace(/\D/g, '').slice(0, 17)}`;
}
