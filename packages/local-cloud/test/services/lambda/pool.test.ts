import type { ExecutionEnvironment } from '../../../src/services/lambda/execution-environment';
import { FunctionPool } from '../../../src/services/lambda/pool';

/** A pool of one environment, which ends an invocation when it is told to. */
function onePool() {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const environment = {
    usable: true,
    initialised: Promise.resolve(),
    stop: async () => undefined,
    invoke: ({ requestId }: { requestId: string }) => {
      begun.push(requestId);
      return new Promise<object>((resolve) => ends.push(() => resolve({ requestId })));
    },
  } as unknown as ExecutionEnvironment;
  const start = async () => environment;
  const pool = new FunctionPool({ start, maxConcurrency: 10, maxEnvironments: 1, idleMs: 60_000 });
  const invoke = (requestId: string, signal?: AbortSignal) =>
    pool.invoke({ requestId } as Parameters<FunctionPool['invoke']>[0], 'refuse', signal);
  return { pool, begun, ends, invoke };
}

test('an invocation whose caller no longer waits is dropped before it begins, and the next one runs', async () => {
  const { pool, begun, ends, invoke } = onePool();
  const first = invoke('first');
  const caller = new AbortController();
  const abandoned = invoke('abandoned', caller.signal);
  const last = invoke('last');
  caller.abort();
  await expect(abandoned).rejects.toThrow('no longer waited');
  await new Promise((resolve) => setImmediate(resolve));
  ends[0]!();
  await expect(first).resolves.toEqual({ requestId: 'first' });
  await new Promise((resolve) => setImmediate(resolve));
  ends[1]!();
  await expect(last).resolves.toEqual({ requestId: 'last' });
  expect(begun).toEqual(['first', 'last']);
  await pool.stop();
});

test('an invocation that has begun ends even if its caller is gone', async () => {
  const { pool, ends, invoke } = onePool();
  const caller = new AbortController();
  const running = invoke('running', caller.signal);
  await new Promise((resolve) => setImmediate(resolve));
  caller.abort();
  ends[0]!();
  await expect(running).resolves.toEqual({ requestId: 'running' });
  await pool.stop();
});
