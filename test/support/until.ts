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

/**
 * Returns the result of work that has to end within a time.
 *
 * @param state describes how far the work is, for the error
 * @throws Error naming `what` and the state after the deadline
 */
export async function within<T>(
  what: string,
  seconds: number,
  work: Promise<T>,
  state: () => string,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    const fail = () => reject(new Error(`timed out after ${seconds} s: waited until ${what}\n${state()}`));
    timer = setTimeout(fail, seconds * 1_000);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
