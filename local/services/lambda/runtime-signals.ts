import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import type { RuntimeListener } from './runtime-api';

type Finished = (kind: 'response' | 'error', body: Buffer) => void;

/** What a function's runtime and its process let know, as promises that an invocation can wait for. */
export class RuntimeSignals implements RuntimeListener {
  /** `undefined` once the runtime asks for its first invocation; what it said of an initialisation that failed. */
  readonly initialised: Promise<Buffer | undefined>;
  /** How the process ended, such as `exit status 1`; `undefined` for an exit without a reason. */
  readonly exited: Promise<string | undefined>;
  private settleInit: (failure?: Buffer) => void = () => undefined;
  private settleExit: (reason?: string) => void = () => undefined;
  private running: { requestId: string; finished: Finished } | undefined;

  constructor() {
    this.initialised = new Promise((resolve) => (this.settleInit = resolve));
    this.exited = new Promise((resolve) => (this.settleExit = resolve));
  }

  watch(child: ChildProcess): void {
    child.once('error', (error) => this.settleExit(error.message));
    // `close` comes after the last line of output; `exit` may come before it.
    child.once('close', (code, signal) => this.settleExit(reasonOf(code, signal)));
  }

  onFinished(requestId: string, finished: Finished): void {
    this.running = { requestId, finished };
  }

  ready(): void {
    this.settleInit();
  }

  initFailed(body: Buffer): void {
    this.settleInit(body);
  }

  finished(requestId: string, kind: 'response' | 'error', body: Buffer): void {
    if (this.running?.requestId === requestId) this.running.finished(kind, body);
  }
}

function reasonOf(code: number | null, signal: NodeJS.Signals | null): string | undefined {
  if (signal === null) return code === 0 ? undefined : `exit status ${code}`;
  const names: Partial<Record<NodeJS.Signals, string>> = { SIGKILL: 'killed', SIGABRT: 'aborted' };
  return `signal: ${names[signal] ?? `${signal} (${constants.signals[signal]})`}`;
}
