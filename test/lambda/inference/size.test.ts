import { limited } from '../../../lambda/inference/size';

describe('an answer', () => {
  const answer = { statusCode: 200, body: '"'.repeat(10) };
  // {"statusCode":200,"body":"…"} with ten quotes of two bytes each.
  const BYTES = 28 + 20;

  test('is returned up to Lambda’s limit, with its quotes escaped', () => {
    expect(limited(answer, BYTES)).toBe(answer);
  });

  test('above Lambda’s limit is refused with its size', () => {
    expect(() => limited(answer, BYTES - 1)).toThrow(
      expect.objectContaining({
        code: 'PayloadTooLarge',
        message: expect.stringContaining('48 bytes') as string,
      }) as Error,
    );
  });
});
