import { UsageError } from '../../cli/errors';
import { checkWeights, shares } from '../../cli/weights';

describe('weights', () => {
  test.each([
    [{ a: '3' }, { a: 3 }],
    [
      { a: '0', b: '.5' },
      { a: 0, b: 0.5 },
    ],
  ])('%j is accepted', (given, wanted) => {
    expect(checkWeights(given as Record<string, string>, { a: 1, b: 1 })).toEqual(wanted);
  });

  test.each<[Record<string, string>, string]>([
    [{ c: '1' }, '"c"'],
    [{ a: '-1' }, '"-1"'],
    [{ a: 'NaN' }, '"NaN"'],
    [{ a: '1e400' }, '"1e400"'],
    [{ a: '0', b: '0' }, '0'],
    [{ toString: '1' }, '"toString"'],
  ])('%j is refused', (given, value) => {
    expect(() => checkWeights(given, { a: 1, b: 1 })).toThrow(UsageError);
    expect(() => checkWeights(given, { a: 1, b: 1 })).toThrow(value);
  });

  test('shares are parts of the sum', () => {
    expect(shares({ a: 4, b: 1 })).toEqual({ a: 0.8, b: 0.2 });
    expect(shares({ a: 0 })).toEqual({ a: 0 });
  });
});
