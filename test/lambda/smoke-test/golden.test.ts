import { checkAnswer } from '../../../lambda/smoke-test/golden';
import type { GoldenRequest } from '../../../lib/contract/golden';

const predictions = [{ label: 'x', probabilities: { x: 0.9, y: 0.1 } }];
const golden: GoldenRequest = {
  contentType: 'application/json',
  body: '{"instances":[{"a":1}]}',
  answer: { modelVersion: 'run-1', predictions },
};

const check = (changes: object) => () =>
  checkAnswer(
    golden,
    { ...(golden.answer as object), ...changes },
    { variant: 'primary', index: 0, tolerance: 0.001 },
  );

describe('golden requests', () => {
  test('the same answer passes, also with the last digits of another CPU', () => {
    expect(check({})).not.toThrow();
    expect(check({ predictions: [{ label: 'x', probabilities: { x: 0.90005, y: 0.09995 } }] })).not.toThrow();
  });

  test.each<[string, object, RegExp]>([
    [
      'another model',
      { modelVersion: 'run-0' },
      /variant primary: .*modelVersion: expected "run-1", given "run-0"/,
    ],
    [
      'another label',
      { predictions: [{ ...predictions[0], label: 'y' }] },
      /request 0 .*predictions\.0\.label/,
    ],
    [
      'another probability',
      { predictions: [{ label: 'x', probabilities: { x: 0.7, y: 0.3 } }] },
      /predictions\.0\.probabilities\.x: expected 0\.9, given 0\.7/,
    ],
    ['a class less', { predictions: [{ label: 'x', probabilities: { x: 0.9 } }] }, /golden request 0/],
    ['too few predictions', { predictions: [] }, /predictions: expected .*, given \[\]/],
    ['one member more', { note: 'x' }, /golden request 0/],
  ])('%s fails', (_, changes, message) => {
    expect(check(changes)).toThrow(message);
    expect(check(changes)).toThrow(expect.objectContaining({ name: 'SmokeTestFailed' }) as Error);
  });
});
