import { withClaim } from '../../../lambda/working-hours/claim';
import type { EndpointClaim } from '../../../lib/contract/run';

/** One object with conditional writes, as S3 has them. */
function claims(value: EndpointClaim | null) {
  let etag = 0;
  const store = {
    value,
    putNew: async (_: string, next: unknown) => store.put(next, store.value === null),
    putOver: async (_: string, next: unknown, tag: string) =>
      (await store.put(next, tag === String(etag))) ? String(etag) : null,
    put: async (next: unknown, free: boolean) => {
      if (free) [store.value, etag] = [next as EndpointClaim, etag + 1];
      return free;
    },
    read: async () => store.value && { value: store.value, etag: String(etag) },
  };
  return store;
}

describe('the claim of a start or stop', () => {
  const run: EndpointClaim = { runId: 'run-1', executionArn: 'arn-1' };

  test.each<[string, EndpointClaim | null]>([
    ['of nobody', null],
    ['of a run that has ended', run],
    ['of a switch that has ended', { action: 'start', until: new Date(0).toISOString() }],
  ])('is taken in the place %s, and is over with the work, whatever comes of it', async (_, before) => {
    const store = claims(before);
    const held = (await store.read()) as never;
    let during: EndpointClaim | null = null;
    const work = async () => {
      during = store.value;
      throw new Error('spoilt');
    };
    await expect(withClaim(store as never, held, 'stop', work)).rejects.toThrow('spoilt');
    expect(Date.parse((during as unknown as { until: string }).until)).toBeGreaterThan(Date.now());
    expect(Date.parse((store.value as { until: string }).until)).toBeLessThanOrEqual(Date.now());
  });

  test('is refused while another goes on, and to who was second', async () => {
    const work = async () => {
      throw new Error('nobody was to work');
    };
    const other = claims({ action: 'start', until: new Date(Date.now() + 60_000).toISOString() });
    const refused = expect.objectContaining({ name: 'EndpointSwitching' });
    await expect(withClaim(other as never, (await other.read()) as never, 'stop', work)).rejects.toEqual(
      refused,
    );
    const taken = claims(run);
    await expect(withClaim(taken as never, { value: run, etag: 'older' }, 'stop', work)).rejects.toEqual(
      refused,
    );
    expect(taken.value).toEqual(run);
  });
});
