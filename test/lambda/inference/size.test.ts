import { limited } from '../../../lambda/inference/size';

describe('an answer', () => {
  const answer = { statusCode: 200, body: '"'.repeat(10) };
  // {"statusCode":200,"body":"…"} with ten quotes of two bytes each.
  const BYTES = 28 + 20;

  test('passes as long as Lambda lets it through, with its quotes escaped', () => {
    expect(limited(answer, BYTES)).toBe(answer);
  });

  test('that Lambda would cut off is refused with the number', () => {
    expect(() => limited(answer, BYTES - 1)).toThrow(
      expect.objectContaining({
        code: 'PayloadTooLarge',
        message: expect.stringContaining('48 bytes') as string,
      }) as Error,
    );
  });
});
