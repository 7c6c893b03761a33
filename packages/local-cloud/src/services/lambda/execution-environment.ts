import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Cloud } from '../../core/cloud';
import { killWithThisProcess } from '../../jobs/guardian';
import { LogStream } from '../../jobs/log-stream';
import type { RuntimeFiles } from './code';
import { FunctionOutput } from './function-output';
import type { FunctionRecord } from './functions';
import { outcomeOf, timedOut, type Outcome } from './outcome';
import { PlatformLog } from './platform-log';
import { assumeFunctionRole, processEnvironment } from './process-environment';
import { RuntimeApi, type Invocation } from './runtime-api';
import { RuntimeSignals } from './runtime-signals';

export interface InvocationResult extends Outcome {
  /** The end of the invocation's log, including Lambda's own lines. */
  tail: string;
}

/** Lambda limits the initialization to 10 s, and repeats a slower one during the invocation. */
const INIT_LIMIT_MS = 10_000;

/** Characters of a log's end to keep: Invoke returns 4 KB of them. */
const TAIL_LENGTH = 4096;

/** One process of a function: runs one invocation at a time, and any number of them. */
export class ExecutionEnvironment {
  /** False once the process has ended or is ending. */
  usable = true;
  /**
   * Resolves when the environment can take an invocation, also if the initialization was too slow or failed. In that
   * case, the invocation reports the error.
   */
  readonly initialised: Promise<void>;
  private initDurationMs: number | undefined;
  private reportedInit = false;
  private tail = '';
  private readonly output: FunctionOutput;
  private readonly platform: PlatformLog;

  private constructor(
    private readonly fn: FunctionRecord,
    private readonly api: RuntimeApi,
    private readonly child: ChildProcess,
    private readonly log: LogStream,
    private readonly signals: RuntimeSignals,
  ) {
    const { LogFormat, SystemLogLevel } = fn.settings.LoggingConfig;
    const write = (line: string) => this.record(line);
    this.platform = new PlatformLog({ format: LogFormat, systemLogLevel: SystemLogLevel, write });
    this.platform.initStart(`${fn.settings.Runtime.replace('.x', '')} (Node.js ${process.version})`);
    this.output = new FunctionOutput([child.stdout!, child.stderr!], write);
    const started = performance.now();
    void signals.initialised.then(() => (this.initDurationMs = performance.now() - started));
    void signals.exited.then(() => (this.usable = false));
    this.initialised = within<void>(INIT_LIMIT_MS, undefined, (resolve) => {
      void signals.initialised.then(() => resolve());
    });
  }

  static async start(cloud: Cloud, fn: FunctionRecord, files: RuntimeFiles): Promise<ExecutionEnvironment> {
    const caller = { principal: assumeFunctionRole(cloud, fn) };
    const day = new Date(cloud.clock.now()).toISOString().slice(0, 10).replaceAll('-', '/');
    const logStream = `${day}/[$LATEST]${randomBytes(16).toString('hex')}`;
    const log = new LogStream(cloud, caller, fn.settings.LoggingConfig.LogGroup, logStream);
    const signals = new RuntimeSignals();
    const api = await RuntimeApi.listen(signals);
    const heapLimit = `--max-old-space-size=${fn.settings.MemorySize}`;
    const child = spawn(process.execPath, [heapLimit, '--require', files.preload, files.interfaceClient], {
      cwd: files.taskRoot,
      env: processEnvironment(cloud, fn, { logStream, runtimeApi: api.address, taskRoot: files.taskRoot }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (child.pid !== undefined) child.once('exit', killWithThisProcess(child.pid));
    signals.watch(child);
    return new ExecutionEnvironment(fn, api, child, log, signals);
  }

  /** Runs an invocation; call it after {@link initialised}. */
  async invoke(invocation: Invocation): Promise<InvocationResult> {
    const { requestId, timeoutMs } = invocation;
    const failedBefore = await this.initialise(invocation);
    this.platform.start(requestId);
    const started = performance.now();
    const outcome = failedBefore ?? (await this.run(invocation));
    const durationMs = performance.now() - started;
    const maxMemoryUsedMb = this.peakMemoryMb();
    if (outcome.status === 'timeout' || outcome.status === 'failure') await this.kill();
    this.platform.end(
      {
        ...{ requestId, durationMs, maxMemoryUsedMb, status: outcome.status, errorType: outcome.errorType },
        memorySizeMb: this.fn.settings.MemorySize,
        initDurationMs: this.reportedInit ? undefined : this.initDurationMs,
      },
      timeoutMs / 1000,
    );
    this.reportedInit = true;
    const { tail } = this;
    this.tail = '';
    return { ...outcome, tail };
  }

  /** Kills the process at once, as Lambda does; resolves when its log is written. */
  async stop(): Promise<void> {
    await this.kill();
    this.api.close();
    await this.log.end();
  }

  /** Returns the outcome of an invocation that the environment cannot run; `undefined` if it can. */
  private initialise({ requestId, timeoutMs }: Invocation): Promise<Outcome | undefined> {
    const late = timedOut(requestId, timeoutMs);
    return within<Outcome | undefined>(timeoutMs, late, (resolve) => {
      void this.signals.initialised.then((how) =>
        resolve(how.kind === 'ready' ? undefined : outcomeOf(requestId, how)),
      );
    });
  }

  private async run(invocation: Invocation): Promise<Outcome> {
    const { requestId, timeoutMs } = invocation;
    const outcome = await within<Outcome>(timeoutMs, timedOut(requestId, timeoutMs), (resolve) => {
      this.signals.expect(requestId, (how) => resolve(outcomeOf(requestId, how)));
      this.api.give(invocation);
    });
    if (outcome.status === 'success' || outcome.status === 'error') await this.output.ended(requestId);
    return outcome;
  }

  private record(line: string): void {
    this.tail = `${this.tail}${line}\n`.slice(-TAIL_LENGTH);
    this.log.write(line);
  }

  private async kill(): Promise<void> {
    this.usable = false;
    this.child.kill('SIGKILL');
    await this.signals.exited;
  }

  /** Returns the memory of the process so far; only Linux reports it. */
  private peakMemoryMb(): number | undefined {
    try {
      const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
      return Math.ceil(Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024) || undefined;
    } catch {
      return undefined;
    }
  }
}

/** Resolves with the result of `start`, or with `late` after the given number of milliseconds. */
async function within<T>(ms: number, late: T, start: (resolve: (value: T) => void) => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<T>((resolve) => {
      timer = setTimeout(() => resolve(late), ms);
      start(resolve);
    });
  } finally {
    clearTimeout(timer);
  }
}
