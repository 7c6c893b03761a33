import { availableParallelism } from 'node:os';
import { ServiceError } from '../../model/errors';
import type { ExecutionEnvironment, InvocationResult } from './execution-environment';
import type { Invocation } from './runtime-api';

export interface PoolOptions {
  start: () => Promise<ExecutionEnvironment>;
  /** Invocations that may run at once. */
  maxConcurrency: number;
  /** Environments that there may be; invocations beyond them wait for one. */
  maxEnvironments: number;
  /** Milliseconds after which an environment without work ends. */
  idleMs: number;
}

/**
 * Environments that start at a time. A start takes a core for a fifth of a second: were there one for each invocation
 * that finds none idle, a moment's stall under load would start dozens, which stall everything else.
 */
const STARTS_AT_ONCE = Math.max(1, Math.floor(availableParallelism() / 2));

interface Waiting {
  resolve: (environment: ExecutionEnvironment) => void;
  reject: (error: unknown) => void;
}

/** The execution environments of one revision of a function. */
export class FunctionPool {
  private running = 0;
  private retired = false;
  private stopped = false;
  /** Invocations beyond the concurrency. */
  private readonly queue: (() => void)[] = [];
  /** Invocations that may run as soon as there is an environment, the longest waiting first. */
  private readonly waiting: Waiting[] = [];
  private readonly idle: { environment: ExecutionEnvironment; timer: NodeJS.Timeout }[] = [];
  private readonly all = new Set<ExecutionEnvironment>();
  private readonly starting = new Set<Promise<void>>();

  constructor(private readonly options: PoolOptions) {}

  /**
   * Runs the invocation in an idle environment, or in the first that is free: a new one, or one whose work is done
   * before that has started.
   *
   * @param whenFull what to do while as many run as may: `refuse` throws TooManyRequestsException
   */
  async invoke(invocation: Invocation, whenFull: 'refuse' | 'wait'): Promise<InvocationResult> {
    await this.enter(whenFull);
    try {
      const environment = this.takeIdle() ?? (await this.nextFree());
      try {
        return await environment.invoke(invocation);
      } finally {
        this.giveBack(environment);
      }
    } finally {
      this.leave();
    }
  }

  /** Ends the idle environments now, the others when their invocation has ended. */
  retire(): void {
    this.retired = true;
    for (const { environment, timer } of this.idle.splice(0)) {
      clearTimeout(timer);
      this.discard(environment);
    }
  }

  /** Ends all environments, and with them the invocations that still run. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const { reject } of this.waiting.splice(0)) reject(stopping());
    this.retire();
    await Promise.all([...this.all].map((environment) => environment.stop()));
    // One that is being started ends as soon as it has.
    await Promise.all(this.starting);
  }

  private async enter(whenFull: 'refuse' | 'wait'): Promise<void> {
    const { maxConcurrency } = this.options;
    if (this.running >= maxConcurrency) {
      if (whenFull === 'refuse') {
        throw new ServiceError(
          'TooManyRequestsException',
          `Rate Exceeded: ${maxConcurrency} invocations run already.`,
          {
            members: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' },
          },
        );
      }
      // Whoever leaves hands its place over, so `running` stays.
      await new Promise<void>((resolve) => this.queue.push(resolve));
    } else {
      this.running += 1;
    }
  }

  private leave(): void {
    const next = this.queue.shift();
    if (next) next();
    else this.running -= 1;
  }

  private nextFree(): Promise<ExecutionEnvironment> {
    if (this.stopped) throw stopping();
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.startMore();
    });
  }

  private startMore(): void {
    const wanted = Math.min(
      this.waiting.length,
      STARTS_AT_ONCE,
      this.options.maxEnvironments - this.all.size,
    );
    while (!this.stopped && this.starting.size < wanted) {
      const started: Promise<void> = this.launch()
        .catch((error: unknown) => this.waiting.shift()?.reject(error))
        .finally(() => {
          this.starting.delete(started);
          this.startMore();
        });
      this.starting.add(started);
    }
  }

  private async launch(): Promise<void> {
    const environment = await this.options.start();
    if (this.stopped) return environment.stop();
    this.all.add(environment);
    await environment.initialised;
    const next = this.waiting.shift();
    // One that could not be initialised fails the invocation for which it was started.
    if (next) next.resolve(environment);
    else this.giveBack(environment);
  }

  private takeIdle(): ExecutionEnvironment | undefined {
    for (let last = this.idle.pop(); last; last = this.idle.pop()) {
      clearTimeout(last.timer);
      if (last.environment.usable) return last.environment;
      this.discard(last.environment);
    }
    return undefined;
  }

  private giveBack(environment: ExecutionEnvironment): void {
    const next = environment.usable ? this.waiting.shift() : undefined;
    if (next) {
      next.resolve(environment);
    } else if (this.retired || !environment.usable) {
      this.discard(environment);
    } else {
      const timer = setTimeout(() => this.expire(entry), this.options.idleMs).unref();
      const entry = { environment, timer };
      this.idle.push(entry);
    }
  }

  private expire(entry: FunctionPool['idle'][number]): void {
    this.idle.splice(this.idle.indexOf(entry), 1);
    this.discard(entry.environment);
  }

  private discard(environment: ExecutionEnvironment): void {
    void environment.stop().finally(() => {
      this.all.delete(environment);
      this.startMore();
    });
  }
}

function stopping(): ServiceError {
  return new ServiceError('ServiceException', 'Lambda is shutting down.', { status: 500 });
}
