import { checkAnswer, type Answer, type Golden } from '../../../lambda/smoke-test/golden';

const golden: Golden = {
  instances: [{ a: 1 }],
  predictions: [{ label: 'x', probabilities: { x: 0.9, y: 0.1 } }],
};

const answer: Answer = { modelVersion: 'run-1', predictions: golden.predictions };

const check = (changes: Partial<Answer>) => () =>
  checkAnswer(golden, { ...answer, ...changes }, { runId: 'run-1', variant: 'primary' });

describe('golden requests', () => {
  test('the same answer passes, also with the last digits of another CPU', () => {
    expect(check({})).not.toThrow();
    expect(check({ predictions: [{ label: 'x', probabilities: { x: 0.90005, y: 0.09995 } }] })).not.toThrow();
  });

  test.each<[string, Partial<Answer>, RegExp]>([
    [
      'another model',
      { modelVersion: 'run-0' },
      /variant primary: answers as model version "run-0" instead of run-1/,
    ],
    [
      'another label',
      { predictions: [{ label: 'y', probabilities: { x: 0.9, y: 0.1 } }] },
      /golden request 0: expected/,
    ],
    [
      'another probability',
      { predictions: [{ label: 'x', probabilities: { x: 0.7, y: 0.3 } }] },
      /golden request 0/,
    ],
    ['a class less', { predictions: [{ label: 'x', probabilities: { x: 0.9 } }] }, /golden request 0/],
    ['too few predictions', { predictions: [] }, /0 .*1/],
  ])('%s fails', (_, changes, message) => {
    expect(check(changes)).toThrow(message);
    expect(check(changes)).toThrow(expect.objectContaining({ name: 'SmokeTestFailed' }) as Error);
  });
});
