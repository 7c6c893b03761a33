import { percentile, summarise, type Sample } from '../../bench/samples';

const sample = (due: number, latency: number, more: Partial<Sample> = {}): Sample => ({
  ...{ due, latency, status: 200, version: 'a' },
  ...more,
});

describe('a part of the load', () => {
  test('has the requests that were due in it', () => {
    const samples = [sample(999, 1), sample(1_000, 5_000), sample(1_999, 1), sample(2_000, 1)];
    expect(summarise(samples, 1_000, 2_000)).toMatchObject({ requests: 2, rate: 2, slowest: 5_000 });
  });

  test('counts every answer other than 200, and none, as failed', () => {
    const samples = [
      ...[sample(0, 1), sample(1, 1, { status: 429 }), sample(2, 1, { status: 500, version: undefined })],
      sample(3, 1, { status: 0, version: undefined }),
    ];
    expect(summarise(samples, 0, 10)).toMatchObject({
      ...{ requests: 4, failed: 3 },
      failures: { 0: 1, 429: 1, 500: 1 },
      versions: { a: 2 },
    });
  });

  test('may be empty', () => {
    expect(summarise([], 0, 10)).toMatchObject({ requests: 0, failed: 0, p50: undefined, p99: undefined });
  });
});

test.each([
  [[7], 0.99, 7],
  [[1, 2, 3, 4], 0.5, 2],
  [Array.from({ length: 100 }, (_, i) => i + 1), 0.99, 99],
  [Array.from({ length: 50 }, (_, i) => i + 1), 0.99, 50],
  [[], 0.5, undefined],
])('a percentile is one of the values', (sorted, share, expected) => {
  expect(percentile(sorted, share)).toBe(expected);
});
