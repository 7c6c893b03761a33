import { spawn, type ChildProcessByStdio, type SpawnOptions } from 'node:child_process';
import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import type { Exit } from '../containers/engine';
import { killWithThisProcess } from './guardian';

const SIGNAL_NUMBERS: Partial<Record<NodeJS.Signals, number>> = {
  SIGINT: 2,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
};

const running = new Set<ProcessGroup>();
process.once('exit', () => running.forEach((group) => group.killAll('SIGKILL')));

/** A process and all that it starts. As in a container, all of them end with the first process. */
export class ProcessGroup {
  /** Resolves after the last line of output. */
  readonly exited: Promise<Exit>;
  private readonly child: ChildProcessByStdio<null, Readable, Readable>;

  /** @param onLine receives every line of output, without the line end */
  constructor(
    program: string,
    words: readonly string[],
    options: Pick<SpawnOptions, 'cwd' | 'env'>,
    onLine: (line: string) => void,
  ) {
    this.child = spawn(program, words, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(this);
    const { pid } = this.child;
    const release = pid === undefined ? () => undefined : killWithThisProcess(-pid);
    for (const stream of [this.child.stdout, this.child.stderr]) {
      createInterface({ input: stream }).on('line', onLine);
    }
    this.child.once('exit', () => this.killAll('SIGKILL'));
    this.exited = new Promise<Exit>((resolve) => {
      this.child.once('error', (error) => {
        onLine(`cannot start ${program}: ${error.message}`);
        resolve({ exitCode: 127 });
      });
      // `close` comes after the last line of output; `exit` may come before it.
      this.child.once('close', (code, signal) =>
        resolve({ exitCode: code ?? 128 + (SIGNAL_NUMBERS[signal!] ?? 0) }),
      );
    }).finally(() => {
      running.delete(this);
      release();
    });
  }

  /** The id of the first process, which leads a session; undefined if it could not be started. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Sends a signal to the first process only. */
  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  killAll(signal: NodeJS.Signals): void {
    if (this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, signal);
    } catch (error) {
      // The group has no processes left.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
