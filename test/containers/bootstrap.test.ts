import { affordableResamples, percentileInterval } from '../../containers/inference/bootstrap';
import { Random } from '../../containers/inference/random';
import { bootstrapSettings } from '../../containers/inference/settings';

describe('the generator', () => {
  // The generator's published sequence from the state 1, 2, 3, 4.
  test('draws the numbers of xoshiro128**', () => {
    const random = new Random([1, 2, 3, 4]);
    expect(Array.from({ length: 6 }, () => random.next())).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492,
    ]);
  });

  test('reaches every row, and nothing else', () => {
    const random = Random.fromDigest('00112233445566778899aabbccddeeff');
    const drawn = new Set(Array.from({ length: 500 }, () => random.below(7)));
    expect([...drawn].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});

describe('resamples', () => {
  test.each([
    [1000, 2000],
    [20_000, 2000],
    [100_000, 400],
    [1_000_000, 200],
  ])('%d rows are resampled %d times at most', (rows, resamples) => {
    expect(affordableResamples({ resamples: 2000, confidence: 0.9 }, rows)).toBe(resamples);
    expect(affordableResamples({ resamples: 100, confidence: 0.9 }, rows)).toBe(100);
  });

  test('a percentile interval leaves out what is not defined', () => {
    const values = Float64Array.from([NaN, 5, 1, 4, 2, 3, NaN, -10, 60, 6, 0, 50]);
    expect(percentileInterval(values, 0.1)).toEqual([0, 50]);
    expect(percentileInterval(Float64Array.from([NaN]), 0.1)).toBeUndefined();
  });
});

describe('the variables of the bootstrap', () => {
  test('have defaults', () => {
    expect(bootstrapSettings({})).toEqual({ confidence: 0.95, resamples: 2000 });
    expect(bootstrapSettings({ BOOTSTRAP_CONFIDENCE: '0.9', BOOTSTRAP_RESAMPLES: '100' })).toEqual({
      confidence: 0.9,
      resamples: 100,
    });
  });

  test.each([
    [{ BOOTSTRAP_CONFIDENCE: '95' }, 'BOOTSTRAP_CONFIDENCE: "95" is not a number above 0.5 and below 1'],
    [{ BOOTSTRAP_CONFIDENCE: '0.5' }, 'BOOTSTRAP_CONFIDENCE: "0.5"'],
    [{ BOOTSTRAP_CONFIDENCE: 'high' }, 'BOOTSTRAP_CONFIDENCE: "high"'],
    [{ BOOTSTRAP_RESAMPLES: '99' }, 'BOOTSTRAP_RESAMPLES: "99" is not a whole number from 100 to 100000'],
  ])('%j is refused', (env, message) => {
    expect(() => bootstrapSettings(env)).toThrow(message);
  });
});
