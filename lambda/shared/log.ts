/**
 * Writes a line to the log. Functions log in Lambda's JSON format: the runtime adds time, level and request id, and
 * keeps the object unchanged, so `message.runId` finds all lines of a run.
 *
 * @param facts never payloads
 */
export function logInfo(message: string, facts: Readonly<Record<string, unknown>> = {}): void {
  console.info({ message, ...facts });
}

export function logError(message: string, facts: Readonly<Record<string, unknown>> = {}): void {
  console.error({ message, ...facts });
}

/** The run in the input of a run's function. */
export interface OfRun {
  readonly runId?: string;
}

/**
 * Returns a handler that logs one line per invocation with the run's id: done, or failed with the error that the state
 * machine receives.
 */
export function logged<Request extends OfRun, Answer>(
  name: string,
  handler: (request: Request) => Promise<Answer>,
): (request: Request) => Promise<Answer> {
  return async (request) => {
    const started = performance.now();
    const facts = () => ({ runId: request.runId, ms: Math.round(performance.now() - started) });
    try {
      const answer = await handler(request);
      logInfo(`${name}: done`, facts());
      return answer;
    } catch (error) {
      const { name: errorName, message } = error as Error;
      logError(`${name}: failed`, { ...facts(), error: errorName, cause: message });
      throw error;
    }
  };
}
