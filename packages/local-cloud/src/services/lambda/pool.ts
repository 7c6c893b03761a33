import { availableParallelism } from 'node:os';
import { ServiceError } from '../../model/errors';
import type { ExecutionEnvironment, InvocationResult } from './execution-environment';
import type { Invocation } from './runtime-api';

export interface PoolOptions {
  start: () => Promise<ExecutionEnvironment>;
  /** The maximum of concurrent invocations, unless the function reserved its own number. */
  maxConcurrency: number;
  /** The maximum of environments; further invocations wait for one. */
  maxEnvironments: number;
  /** Milliseconds after which an idle environment ends. */
  idleMs: number;
}

/**
 * Environments that start at the same time. A start uses a core for a fifth of a second. If every invocation without an
 * idle environment started one, a short delay under load would start dozens, which would delay everything else.
 */
const STARTS_AT_ONCE = Math.max(1, Math.floor(availableParallelism() / 2));

interface Waiting<T> {
  resolve: (value: T) => void;
  reject: (error: unknown) => void;
}

/** The execution environments of one revision of a function. */
export class FunctionPool {
  private running = 0;
  private retired = false;
  private stopped = false;
  /** The function's reserved concurrency. */
  private reserved: number | undefined;
  /** Invocations above the concurrency limit. */
  private readonly queue: Waiting<void>[] = [];
  /** Invocations that wait for an environment, oldest first. */
  private readonly waiting: Waiting<ExecutionEnvironment>[] = [];
  private readonly idle: { environment: ExecutionEnvironment; timer: NodeJS.Timeout }[] = [];
  private readonly all = new Set<ExecutionEnvironment>();
  private readonly starting = new Set<Promise<void>>();

  constructor(private readonly options: PoolOptions) {}

  /**
   * Runs the invocation in an idle environment, or in the first one that becomes free: a new one, or a busy one that
   * finishes first.
   *
   * @param whenFull the reaction to a reached concurrency limit: `refuse` throws TooManyRequestsException
   * @param signal of a caller that no longer waits. An invocation that has not begun is dropped: on a machine that
   *   cannot keep up, invocations that nobody waits for would keep all others waiting too long
   */
  async invoke(
    invocation: Invocation,
    whenFull: 'refuse' | 'wait',
    signal?: AbortSignal,
  ): Promise<InvocationResult> {
    await this.enter(whenFull);
    try {
      const environment = this.takeIdle() ?? (await this.nextFree(signal));
      try {
        return await environment.invoke(invocation);
      } finally {
        this.giveBack(environment);
      }
    } finally {
      this.leave();
    }
  }

  /** Sets or removes the reserved concurrency; running invocations finish. */
  reserve(concurrency: number | undefined): void {
    this.reserved = concurrency;
    if (this.limit === 0) for (const { reject } of this.queue.splice(0)) reject(this.throttled());
    while (this.queue.length > 0 && this.running < this.limit) {
      this.running += 1;
      this.queue.shift()!.resolve();
    }
  }

  /** Ends idle environments now, and the others after their invocation. */
  retire(): void {
    this.retired = true;
    for (const { environment, timer } of this.idle.splice(0)) {
      clearTimeout(timer);
      this.discard(environment);
    }
  }

  /** Ends all environments, and with them the running invocations. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const { reject } of this.waiting.splice(0)) reject(stopping());
    this.retire();
    await Promise.all([...this.all].map((environment) => environment.stop()));
    // An environment that is starting ends after its start.
    await Promise.all(this.starting);
  }

  private get limit(): number {
    return this.reserved ?? this.options.maxConcurrency;
  }

  private throttled(): ServiceError {
    const [subject, Reason] =
      this.reserved === undefined
        ? ['Invocations', 'ConcurrentInvocationLimitExceeded']
        : ['Invocations of the function', 'ReservedFunctionConcurrentInvocationLimitExceeded'];
    const message = `Rate Exceeded. ${subject} that may run at the same time: ${this.limit}.`;
    return new ServiceError('TooManyRequestsException', message, { members: { Reason } });
  }

  private async enter(whenFull: 'refuse' | 'wait'): Promise<void> {
    if (this.running < this.limit) {
      this.running += 1;
      return;
    }
    // Without any concurrency, Lambda drops asynchronous events at once (Developer Guide, "How Lambda handles errors and
    // retries with asynchronous invocation").
    if (whenFull === 'refuse' || this.limit === 0) throw this.throttled();
    // An ending invocation passes its slot to the next one, so `running` does not change.
    await new Promise<void>((resolve, reject) => this.queue.push({ resolve, reject }));
  }

  private leave(): void {
    // After a reduction of the limit, more invocations may run than it allows.
    const next = this.running <= this.limit ? this.queue.shift() : undefined;
    if (next) next.resolve();
    else this.running -= 1;
  }

  private nextFree(signal: AbortSignal | undefined): Promise<ExecutionEnvironment> {
    if (this.stopped) throw stopping();
    if (signal?.aborted) throw abandoned();
    return new Promise((resolve, reject) => {
      const waiting = { resolve, reject };
      this.waiting.push(waiting);
      signal?.addEventListener('abort', () => {
        const index = this.waiting.indexOf(waiting);
        if (index < 0) return;
        this.waiting.splice(index, 1);
        reject(abandoned());
      });
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
    // An environment that could not be initialized fails the invocation that it was started for.
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

function abandoned(): ServiceError {
  return new ServiceError('ServiceException', 'The caller no longer waited when the function was free.', {
    status: 500,
  });
}

function stopping(): ServiceError {
  return new ServiceError('ServiceException', 'Lambda is shutting down.', { status: 500 });
}
