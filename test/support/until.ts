import { until as poll } from '../../cli/until';

/** Far above what a busy machine takes, and below Jest's limit of a test, which does not name what was waited for. */
const DEADLINE_SECONDS = 120;
const EVERY_MS = 50;

/** Waits until a condition holds: {@link poll} with the deadline of tests. */
export function until<T>(
  what: string,
  look: () => T | Promise<T>,
  { seconds = DEADLINE_SECONDS, everyMs = EVERY_MS } = {},
): ReturnType<typeof poll<T>> {
  return poll(what, look, { everyMs, limitMs: seconds * 1_000 });
}
