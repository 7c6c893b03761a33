/** The result of an invocation, for its report line. */
export interface Report {
  requestId: string;
  /** `error`: the handler threw; `failure`: the runtime ended or could not start; `timeout`. */
  status: 'success' | 'error' | 'failure' | 'timeout';
  errorType?: string;
  durationMs: number;
  /** Set only for the first invocation of an environment. */
  initDurationMs?: number;
  memorySizeMb: number;
  /** Undefined if the system does not report it. */
  maxMemoryUsedMb?: number;
}

export interface PlatformLogOptions {
  format: 'JSON' | 'Text';
  /** JSON format only: with `WARN`, events of successful invocations are not written. */
  systemLogLevel?: string;
  write: (line: string) => void;
}

/**
 * Writes Lambda's own entries of a function's log, as text lines or as JSON platform events.
 * https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
 */
export class PlatformLog {
  constructor(private readonly options: PlatformLogOptions) {}

  initStart(runtimeVersion: string): void {
    if (this.options.format === 'Text') this.options.write(`INIT_START Runtime Version: ${runtimeVersion}`);
    else this.event('initStart', { initializationType: 'on-demand', phase: 'init', runtimeVersion });
  }

  start(requestId: string): void {
    if (this.options.format === 'Text') this.options.write(`START RequestId: ${requestId} Version: $LATEST`);
    else this.event('start', { requestId, version: '$LATEST' });
  }

  /** @param timeoutSeconds the function's timeout, if it was reached */
  end(report: Report, timeoutSeconds: number): void {
    if (this.options.format === 'JSON') {
      this.jsonReport(report);
      return;
    }
    const { requestId, status, durationMs, initDurationMs, memorySizeMb, maxMemoryUsedMb } = report;
    if (status === 'timeout') {
      const time = new Date().toISOString();
      this.options.write(`${time} ${requestId} Task timed out after ${timeoutSeconds.toFixed(2)} seconds`);
    }
    this.options.write(`END RequestId: ${requestId}`);
    const columns = [
      `REPORT RequestId: ${requestId}`,
      `Duration: ${durationMs.toFixed(2)} ms`,
      `Billed Duration: ${billed(report)} ms`,
      `Memory Size: ${memorySizeMb} MB`,
      ...(maxMemoryUsedMb === undefined ? [] : [`Max Memory Used: ${maxMemoryUsedMb} MB`]),
      ...(initDurationMs === undefined ? [] : [`Init Duration: ${initDurationMs.toFixed(2)} ms`]),
      ...(status === 'success' || status === 'error' ? [] : [`Status: ${status}`]),
      ...(status === 'failure' ? [`Error Type: ${report.errorType}`] : []),
    ];
    this.options.write(`${columns.join('\t')}\t`);
  }

  private jsonReport(report: Report): void {
    const { requestId, status, errorType, durationMs, initDurationMs, memorySizeMb, maxMemoryUsedMb } =
      report;
    const metrics = {
      durationMs: round(durationMs),
      billedDurationMs: billed(report),
      memorySizeMB: memorySizeMb,
      ...(maxMemoryUsedMb !== undefined && { maxMemoryUsedMB: maxMemoryUsedMb }),
      ...(initDurationMs !== undefined && { initDurationMs: round(initDurationMs) }),
    };
    const record = { requestId, metrics, status, ...(errorType !== undefined && { errorType }) };
    this.event('report', record, status !== 'success');
  }

  private event(type: string, record: object, warning = false): void {
    if (this.options.systemLogLevel === 'WARN' && !warning) return;
    const time = new Date().toISOString();
    this.options.write(JSON.stringify({ time, type: `platform.${type}`, record }));
  }
}

/** Since August 2025 the initialization is billed too. */
function billed({ durationMs, initDurationMs = 0 }: Report): number {
  return Math.ceil(durationMs + initDurationMs);
}

const round = (milliseconds: number) => Math.round(milliseconds * 1000) / 1000;
