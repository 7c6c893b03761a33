import { withLock } from '../../../lambda/working-hours/lock';
import type { EndpointLock } from '../../../lib/contract/run';

/** Fake of one S3 object with conditional writes. */
function claims(value: EndpointLock | null) {
  let etag = 0;
  const store = {
    value,
    putNew: async (_: string, next: unknown) => store.put(next, store.value === null),
    putOver: async (_: string, next: unknown, tag: string) =>
      (await store.put(next, tag === String(etag))) ? String(etag) : null,
    put: async (next: unknown, free: boolean) => {
      if (free) [store.value, etag] = [next as EndpointLock, etag + 1];
      return free;
    },
    read: async () => store.value && { value: store.value, etag: String(etag) },
  };
  return store;
}

describe('the endpoint lock of a start or stop', () => {
  const run: EndpointLock = { runId: 'run-1', executionArn: 'arn-1' };

  test.each<[string, EndpointLock | null]>([
    ['if it is free', null],
    ['from a run that has ended', run],
    ['from a start that has ended', { action: 'start', until: new Date(0).toISOString() }],
  ])('is acquired %s, and released after the work, even if it fails', async (_, before) => {
    const store = claims(before);
    const held = (await store.read()) as never;
    let during: EndpointLock | null = null;
    const work = async () => {
      during = store.value;
      throw new Error('failed');
    };
    await expect(withLock(store as never, held, 'stop', work)).rejects.toThrow('failed');
    expect(Date.parse((during as unknown as { until: string }).until)).toBeGreaterThan(Date.now());
    expect(Date.parse((store.value as { until: string }).until)).toBeLessThanOrEqual(Date.now());
  });

  test('is refused while another is held, and after a concurrent write', async () => {
    const work = async () => {
      throw new Error('the work must not start');
    };
    const other = claims({ action: 'start', until: new Date(Date.now() + 60_000).toISOString() });
    const refused = expect.objectContaining({ name: 'EndpointChanging' });
    await expect(withLock(other as never, (await other.read()) as never, 'stop', work)).rejects.toEqual(
      refused,
    );
    const taken = claims(run);
    await expect(withLock(taken as never, { value: run, etag: 'older' }, 'stop', work)).rejects.toEqual(
      refused,
    );
    expect(taken.value).toEqual(run);
  });
});
