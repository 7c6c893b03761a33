import { checkWeights, shares } from '../../cli/weights';

describe('weights', () => {
  test.each([
    [{ a: '3' }, { a: 3 }],
    [
      { a: '0', b: '.5' },
      { a: 0, b: 0.5 },
    ],
  ])('%j is taken', (given, wanted) => {
    expect(checkWeights(given as Record<string, string>, { a: 1, b: 1 })).toEqual(wanted);
  });

  test.each<[Record<string, string>, RegExp]>([
    [{ c: '1' }, /names "c", which the endpoint has not; allowed are a, b/],
    [{ a: '-1' }, /a has the weight "-1"; allowed are numbers from 0 on/],
    [{ a: 'NaN' }, /weight "NaN"/],
    [{ a: '1e400' }, /weight "1e400"/],
    [{ a: '0', b: '0' }, /leaves every weight at 0/],
    [{ toString: '1' }, /names "toString"/],
  ])('%j is refused', (given, message) => {
    expect(() => checkWeights(given, { a: 1, b: 1 })).toThrow(message);
  });

  test('shares add up', () => {
    expect(shares({ a: 4, b: 1 })).toEqual({ a: 0.8, b: 0.2 });
    expect(shares({ a: 0 })).toEqual({ a: 0 });
  });
});
