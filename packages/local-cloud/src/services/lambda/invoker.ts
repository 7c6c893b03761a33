import { randomUUID } from 'node:crypto';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Delivery } from '../../core/events';
import { ServiceMetrics } from '../../core/service-metrics';
import type { CodeStore } from './code';
import { ExecutionEnvironment, type InvocationResult } from './execution-environment';
import type { FunctionRecord, Functions } from './functions';
import { MAX_PAYLOAD } from './outcome';
import { FunctionPool, type PoolOptions } from './pool';

export type InvokerOptions = Omit<PoolOptions, 'start'>;

export interface Request {
  payload: Buffer;
  requestId: string;
  /** JSON. */
  clientContext?: string;
  /** Aborts when the caller no longer waits. */
  signal?: AbortSignal;
}

/** The retries of an asynchronous invocation have the same request id. */
export interface AsynchronousInvocation extends Delivery {
  requestId?: string;
}

/** Bytes; AWS raised it from 256 KB in October 2025. */
const MAX_ASYNCHRONOUS_PAYLOAD = 1_048_576;

/** Lambda retries a failed asynchronous invocation twice, after one and two minutes; this cloud retries at once. */
const ATTEMPTS = 3;

/** Runs functions in pools of processes. */
export class Invoker {
  /** By function name. */
  private readonly pools = new Map<string, FunctionPool>();
  /** Pools of changed and deleted functions, whose processes may still run. */
  private readonly retired: FunctionPool[] = [];
  private stopped = false;
  private readonly metrics: ServiceMetrics;

  constructor(
    private readonly cloud: Cloud,
    private readonly functions: Functions,
    private readonly code: CodeStore,
    private readonly options: InvokerOptions,
  ) {
    this.metrics = new ServiceMetrics(cloud, { namespace: 'AWS/Lambda', service: 'lambda.amazonaws.com' });
  }

  async invoke(
    fn: FunctionRecord,
    { payload, requestId, clientContext, signal }: Request,
    whenFull: 'refuse' | 'wait',
  ): Promise<InvocationResult> {
    const timeoutMs = fn.settings.Timeout * 1000;
    const invocation = { requestId, payload, clientContext, functionArn: fn.arn, timeoutMs };
    const started = performance.now();
    const result = await this.poolOf(fn).invoke(invocation, whenFull, signal);
    const subject = { FunctionName: fn.name };
    this.metrics.add(subject, 'Invocations', 1, 'Count');
    this.metrics.add(subject, 'Errors', result.status === 'success' ? 0 : 1, 'Count');
    this.metrics.add(subject, 'Duration', performance.now() - started, 'Milliseconds');
    return result;
  }

  /** Delivers an event to a function as an asynchronous invocation with retries. Throws when all attempts failed. */
  async deliver({
    targetArn,
    input,
    from,
    sourceArn,
    requestId = randomUUID(),
  }: AsynchronousInvocation): Promise<void> {
    const { arn } = this.functions.get(targetArn);
    this.cloud.authorize(
      { principal: from, sourceArn },
      { action: 'lambda:InvokeFunction', resources: [arn] },
      'lambda',
    );
    const payload = readPayload(Buffer.from(JSON.stringify(input)), 'Event');
    for (let attempt = 1; ; attempt += 1) {
      const fn = this.functions.get(targetArn);
      const { status, payload: answer, errorType } = await this.invoke(fn, { payload, requestId }, 'wait');
      if (status === 'success') return;
      if (attempt < ATTEMPTS) continue;
      const { errorMessage } = JSON.parse(answer.toString('utf8')) as { errorMessage?: string };
      throw new ServiceError(
        errorType ?? 'Unhandled',
        `${fn.name} failed ${ATTEMPTS} times: ${errorMessage}`,
      );
    }
  }

  /** Applies a change of a function's reserved concurrency to its pool. */
  reserve({ name, reserved }: FunctionRecord): void {
    this.pools.get(name)?.reserve(reserved);
  }

  /** Ends the idle processes of a changed or deleted function; the next invocation starts a new one. */
  retire({ name }: FunctionRecord): void {
    const pool = this.pools.get(name);
    if (!pool) return;
    pool.retire();
    this.pools.delete(name);
    this.retired.push(pool);
  }

  /** Shuts down permanently: waiting invocations and retries fail. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all([...this.pools.values(), ...this.retired].map((pool) => pool.stop()));
    await this.metrics.close();
  }

  private poolOf(fn: FunctionRecord): FunctionPool {
    if (this.stopped) throw new ServiceError('ServiceException', 'Lambda is shutting down.', { status: 500 });
    const known = this.pools.get(fn.name);
    if (known) return known;
    // A copy: a process keeps the settings that it was started with.
    const copy = structuredClone(fn);
    const start = async () =>
      ExecutionEnvironment.start(this.cloud, copy, await this.code.runtimeFiles(copy.code.hash));
    const pool = new FunctionPool({ ...this.options, start });
    pool.reserve(fn.reserved);
    this.pools.set(fn.name, pool);
    return pool;
  }
}

/** Checks an event's size and its JSON; a missing event is `{}`, as in Lambda. */
export function readPayload(payload: Uint8Array | undefined, type: 'RequestResponse' | 'Event'): Buffer {
  const bytes = Buffer.from(payload?.length ? payload : '{}');
  const limit = type === 'Event' ? MAX_ASYNCHRONOUS_PAYLOAD : MAX_PAYLOAD;
  if (bytes.length > limit) {
    const message = `Request must be smaller than ${limit} bytes for the InvokeFunction operation; it has ${bytes.length}`;
    throw new ServiceError('RequestTooLargeException', message);
  }
  try {
    JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    const message = `Could not parse request body into json: ${(error as Error).message}`;
    throw new ServiceError('InvalidRequestContentException', message);
  }
  return bytes;
}
