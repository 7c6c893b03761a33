/** The caller gets no answer: the connection ends without one. The call may have taken effect. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** Resolves when the caller has gone. Without a signal nobody would end the wait: then it resolves at once. */
export function callerGone(signal: AbortSignal | undefined): Promise<void> {
  if (!signal || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
