import type { GateSettings } from '../../lib/contract/environment';
import { decide, type Evaluation, type FinalMetric, type ModelScores } from '../../lambda/decide/gate';

const gate: GateSettings = { threshold: 0.85, championTolerance: 0.01, trainingTolerance: 0.1 };
const scores = (accuracy: number, version = 'candidate'): ModelScores => ({
  version,
  accuracy,
  accuracyInterval: [accuracy - 0.05, accuracy + 0.03],
  logLoss: 0.1,
  macroF1: accuracy,
});
const evaluation = (accuracy: number, champion: Evaluation['champion'] = null): Evaluation => ({
  rows: 100,
  candidate: scores(accuracy),
  champion,
});
const trained = (Value: number | undefined): FinalMetric[] => [
  { MetricName: 'validation:loss', Value: 0.2 },
  { MetricName: 'validation:accuracy', Value },
];

describe('the gate', () => {
  test.each<[string, Evaluation, FinalMetric[]]>([
    ['at the threshold', evaluation(0.85), trained(0.86)],
    ['as good as the champion', evaluation(0.95, scores(0.95, 'old')), trained(0.95)],
    ['worse than the champion within the tolerance', evaluation(0.941, scores(0.95, 'old')), trained(0.95)],
    [
      'where the champion cannot be compared',
      evaluation(0.9, { version: 'old', incomparable: 'classes differ' }),
      trained(0.9),
    ],
    ['whatever the order of the final metrics', evaluation(0.9), trained(0.9).reverse()],
  ])('accepts a candidate %s', (_, scored, metrics) => {
    expect(decide(scored, metrics, gate)).toMatchObject({ accepted: true });
  });

  test.each<[string, Evaluation, FinalMetric[], RegExp]>([
    [
      'below the threshold',
      evaluation(0.8499),
      trained(0.9),
      /accuracy 0\.8499 is below the threshold 0\.85/,
    ],
    [
      'worse than the champion',
      evaluation(0.93, scores(0.95, 'old')),
      trained(0.95),
      /worse than 0\.9500 of the champion old by more than 0\.01/,
    ],
    ['without a training metric', evaluation(0.95), [], /reported no validation:accuracy/],
    [
      'with a training metric that is no number',
      evaluation(0.95),
      trained(NaN),
      /reported no validation:accuracy/,
    ],
    ['whose training says something else', evaluation(0.95), trained(0.8), /differ by more than 0\.1/],
    [
      'without an accuracy',
      evaluation(undefined as unknown as number),
      trained(0.9),
      /no finite accuracy \(it is undefined\)/,
    ],
    ['with an infinite accuracy', evaluation(Infinity), trained(0.9), /no finite accuracy/],
  ])('rejects a candidate %s', (_, scored, metrics, reason) => {
    const decision = decide(scored, metrics, gate);
    expect(decision.accepted).toBe(false);
    expect(decision.reason).toMatch(reason);
  });

  test('reports finite numbers only, and every objection', () => {
    const decision = decide(evaluation(NaN), trained(0.9), gate);
    expect(Object.values(decision.metrics).every(Number.isFinite)).toBe(true);
    const both = decide(evaluation(0.5, scores(0.95, 'old')), trained(0.5), gate);
    expect(both.reason).toMatch(/below the threshold.*; .*worse than/);
  });
});
