/**
 * Writes a line of the log: a JSON object in the form of Lambda's, so that one query reads both. Without RUN_ID there
 * is no `runId`.
 *
 * @param facts never payloads
 */
export function log(
  level: 'INFO' | 'WARN' | 'ERROR',
  message: string,
  facts: Readonly<Record<string, unknown>> = {},
): void {
  const runId = process.env.RUN_ID || undefined;
  console.log(
    JSON.stringify({ timestamp: new Date().toISOString(), level, message: { message, ...facts, runId } }),
  );
}

/** Logs an error that is a bug, with its stack. */
export function logBug(error: unknown): void {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  log('ERROR', `a bug in the program: ${message}`, { stackTrace: stack });
}
