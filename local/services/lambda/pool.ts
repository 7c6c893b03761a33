import { ServiceError } from '../../core/errors';
import type { ExecutionEnvironment, InvocationResult } from './execution-environment';
import type { Invocation } from './runtime-api';

export interface PoolOptions {
  start: () => Promise<ExecutionEnvironment>;
  /** Invocations that may run at once. */
  maxConcurrency: number;
  /** Milliseconds after which an environment without work ends. */
  idleMs: number;
}

/** The execution environments of one revision of a function. */
export class FunctionPool {
  private running = 0;
  private retired = false;
  private stopped = false;
  private readonly queue: (() => void)[] = [];
  private readonly idle: { environment: ExecutionEnvironment; timer: NodeJS.Timeout }[] = [];
  private readonly all = new Set<ExecutionEnvironment>();
  private readonly starting = new Set<Promise<ExecutionEnvironment>>();

  constructor(private readonly options: PoolOptions) {}

  /**
   * Runs the invocation in an idle environment or in a new one.
   *
   * @param whenFull what to do while as many run as may: `refuse` throws TooManyRequestsException
   */
  async invoke(invocation: Invocation, whenFull: 'refuse' | 'wait'): Promise<InvocationResult> {
    await this.enter(whenFull);
    try {
      const environment = this.takeIdle() ?? (await this.start());
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
    this.retire();
    await Promise.all([...this.all].map((environment) => environment.stop()));
    // One that is being started ends as soon as it has.
    await Promise.allSettled(this.starting);
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

  private async start(): Promise<ExecutionEnvironment> {
    const started = this.launch();
    this.starting.add(started);
    try {
      return await started;
    } finally {
      this.starting.delete(started);
    }
  }

  private async launch(): Promise<ExecutionEnvironment> {
    if (this.stopped) throw stopping();
    const environment = await this.options.start();
    this.all.add(environment);
    if (!this.stopped) return environment;
    await environment.stop();
    throw stopping();
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
    if (this.retired || !environment.usable) {
      this.discard(environment);
      return;
    }
    const entry = { environment, timer: setTimeout(() => this.expire(entry), this.options.idleMs).unref() };
    this.idle.push(entry);
  }

  private expire(entry: FunctionPool['idle'][number]): void {
    this.idle.splice(this.idle.indexOf(entry), 1);
    this.discard(entry.environment);
  }

  private discard(environment: ExecutionEnvironment): void {
    void environment.stop().finally(() => this.all.delete(environment));
  }
}

function stopping(): ServiceError {
  return new ServiceError('ServiceException', 'Lambda is shutting down.', { status: 500 });
}
