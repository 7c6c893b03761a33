/** Far above what a busy machine takes, and below Jest's limit of a test, which does not name what was waited for. */
const LIMIT_MS = 120_000;
const EVERY_MS = 20;

/**
 * Polls until there is a result.
 *
 * @param what is waited for, for the error; by default the source of the condition
 * @throws Error naming `what` after two minutes
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  what = String(condition),
): Promise<Exclude<T, undefined | null | false>> {
  const deadline = performance.now() + LIMIT_MS;
  for (;;) {
    const found = await condition();
    if (found !== undefined && found !== null && found !== false)
      return found as Exclude<T, undefined | null | false>;
    if (performance.now() >= deadline)
      throw new Error(`timed out after ${LIMIT_MS / 1_000} s: waited until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}
