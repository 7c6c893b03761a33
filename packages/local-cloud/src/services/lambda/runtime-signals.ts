import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import type { RuntimeListener } from './runtime-api';

/** The runtime requests its first invocation. */
export interface Ready {
  kind: 'ready';
}

/** The runtime could not load the function; the body has the reason. */
export interface InitFailed {
  kind: 'init failed';
  body: Buffer;
}

/** The handler returned, or threw: then the body describes the error. */
export interface Answered {
  kind: 'response' | 'error';
  body: Buffer;
}

/** The process ended. */
export interface Exited {
  kind: 'exit';
  /** Such as `exit status 1`; undefined for exit code 0. */
  reason?: string;
}

/** The events of a function's runtime and process. */
export class RuntimeSignals implements RuntimeListener {
  readonly initialised: Promise<Ready | InitFailed | Exited>;
  readonly exited: Promise<Exited>;
  private settleInit: (how: Ready | InitFailed | Exited) => void = () => undefined;
  private settleExit: (how: Exited) => void = () => undefined;
  private exit: Exited | undefined;
  private running: { requestId: string; ended: (how: Answered | Exited) => void } | undefined;

  constructor() {
    this.initialised = new Promise((resolve) => (this.settleInit = resolve));
    this.exited = new Promise((resolve) => (this.settleExit = resolve));
  }

  watch(child: ChildProcess): void {
    child.once('error', (error) => this.ended(error.message));
    // `close` comes after the last line of output; `exit` may come before it.
    child.once('close', (code, signal) => this.ended(reasonOf(code, signal)));
  }

  /**
   * Sets the listener for the end of the invocation. This is a callback and not a promise: promises that wait for the
   * end of the process, one for each invocation, would stay in memory as long as the process.
   */
  expect(requestId: string, ended: (how: Answered | Exited) => void): void {
    this.running = { requestId, ended };
    if (this.exit) ended(this.exit);
  }

  ready(): void {
    this.settleInit({ kind: 'ready' });
  }

  initFailed(body: Buffer): void {
    this.settleInit({ kind: 'init failed', body });
  }

  finished(requestId: string, kind: 'response' | 'error', body: Buffer): void {
    if (this.running?.requestId === requestId) this.running.ended({ kind, body });
  }

  private ended(reason: string | undefined): void {
    this.exit ??= { kind: 'exit', reason };
    this.settleInit(this.exit);
    this.settleExit(this.exit);
    this.running?.ended(this.exit);
  }
}

function reasonOf(code: number | null, signal: NodeJS.Signals | null): string | undefined {
  if (signal === null) return code === 0 ? undefined : `exit status ${code}`;
  const names: Partial<Record<NodeJS.Signals, string>> = { SIGKILL: 'killed', SIGABRT: 'aborted' };
  return `signal: ${names[signal] ?? `${signal} (${constants.signals[signal]})`}`;
}
