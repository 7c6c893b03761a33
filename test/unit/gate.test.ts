import type { GateMetric, GateSettings } from '../../lib/contract/gate';
import type { Estimate, Evaluation, ModelScores } from '../../lambda/decide/evaluation';
import { decide, type FinalMetric } from '../../lambda/decide/gate';

const ACCURACY: GateMetric = { name: 'accuracy', threshold: 0.85, tolerance: 0.01 };
const LOG_LOSS: GateMetric = { name: 'logLoss', threshold: 0.3, tolerance: 0.05 };
const RECALL: GateMetric = { name: 'recall:malignant', threshold: 0.9, tolerance: 0.02 };
const gateOf = (...metrics: GateMetric[]): GateSettings => ({
  metrics,
  confidence: 0.95,
  resamples: 2000,
  trainingTolerance: 0.1,
});
const gate = gateOf(ACCURACY);

const estimate = (value: number | null, interval: Estimate['interval'] = null): Estimate => ({
  value,
  interval,
});
const share = (value: number) => estimate(value, [value - 0.05, value + 0.03]);
const scores = (accuracy: Estimate, version = 'candidate', more = {}): ModelScores => ({
  version,
  metrics: {
    accuracy,
    f1: share(0.9),
    auc: share(0.97),
    logLoss: estimate(0.1),
    'recall:malignant': share(0.95),
    ...more,
  },
});
const alone = (accuracy: number, more = {}): Evaluation => ({
  holdout: { rows: 100, sha256: '00' },
  bootstrap: { resamples: 2000, confidence: 0.95 },
  candidate: scores(share(accuracy), 'candidate', more),
  champion: null,
  differences: null,
});
/** With a champion, and each difference as [value, low, high]. */
const against = (
  accuracy: number,
  champion: number,
  differences: Record<string, [number, number, number]>,
): Evaluation => ({
  ...alone(accuracy),
  champion: scores(share(champion), 'old'),
  differences: Object.fromEntries(
    Object.entries(differences).map(([name, [value, low, high]]) => [name, estimate(value, [low, high])]),
  ),
});
const incomparable: Evaluation = {
  ...alone(0.9),
  champion: { version: 'old', incomparable: 'classes differ' },
};
const trained = (Value: number | undefined): FinalMetric[] => [
  { MetricName: 'validation:loss', Value: 0.2 },
  { MetricName: 'validation:accuracy', Value },
];

describe('the gate', () => {
  test.each<[string, Evaluation, FinalMetric[], GateSettings]>([
    ['at the threshold', alone(0.85), trained(0.86), gate],
    ['that is the champion again', against(0.95, 0.95, { accuracy: [0, 0, 0] }), trained(0.95), gate],
    [
      'that is surely not worse by more than the tolerance',
      against(0.95, 0.954, { accuracy: [-0.004, -0.0099, 0.002] }),
      trained(0.95),
      gate,
    ],
    [
      'whose lower bound is the tolerance, but for the rounding',
      against(0.94, 0.95, { accuracy: [0.94 - 0.95, 0.94 - 0.95, 0] }),
      trained(0.95),
      gate,
    ],
    ['where the champion cannot be compared', incomparable, trained(0.9), gate],
    ['whatever the order of the final metrics', alone(0.9), trained(0.9).reverse(), gate],
    ['of a low enough log loss', alone(0.9, { logLoss: estimate(0.3) }), trained(0.9), gateOf(LOG_LOSS)],
    [
      'of a log loss that is surely not higher by more than the tolerance',
      against(0.9, 0.9, { logLoss: [0.01, -0.2, 0.05] }),
      trained(0.9),
      gateOf(LOG_LOSS),
    ],
    [
      'that reaches all that is required',
      against(0.95, 0.9, { accuracy: [0.05, 0.01, 0.09], 'recall:malignant': [0, -0.02, 0.02] }),
      trained(0.9),
      gateOf(ACCURACY, RECALL),
    ],
  ])('accepts a candidate %s', (_, evaluation, metrics, settings) => {
    const decision = decide(evaluation, metrics, settings);
    expect(decision).toMatchObject({ accepted: true });
    expect(decision.verdicts.every(({ passed }) => passed)).toBe(true);
  });

  test.each<[string, Evaluation, FinalMetric[], GateSettings, RegExp]>([
    [
      'below the threshold',
      alone(0.8499),
      trained(0.9),
      gate,
      /^accuracy 0\.8499 is below the threshold 0\.85 \(95 % interval 0\.7999 to 0\.8799\)$/,
    ],
    [
      'that is worse than the champion',
      against(0.93, 0.95, { accuracy: [-0.02, -0.04, 0] }),
      trained(0.95),
      gate,
      /reaches the threshold 0\.85 .* but is worse than 0\.9500 of the champion old by more than 0\.01 \(difference -0\.0200, from -0\.0400 to 0\.0000, each bound at 95 % confidence\)$/,
    ],
    [
      'that may be worse than the champion, on too few rows to tell',
      against(0.95, 0.95, { accuracy: [0, -0.0172, 0.0172] }),
      trained(0.95),
      gate,
      / but may be worse than 0\.9500 of the champion old by more than 0\.01 .*; more holdout rows or a larger tolerance would settle it$/,
    ],
    [
      'of a higher log loss than allowed',
      alone(0.9, { logLoss: estimate(0.31, [0.2, 0.5]) }),
      trained(0.9),
      gateOf(LOG_LOSS),
      /^logLoss 0\.3100 is above the threshold 0\.3 \(95 % interval 0\.2000 to 0\.5000\)$/,
    ],
    [
      'of a log loss that may be higher than the champion’s',
      against(0.9, 0.9, { logLoss: [-0.01, -0.2, 0.06] }),
      trained(0.9),
      gateOf(LOG_LOSS),
      /^logLoss 0\.1000 does not exceed the threshold 0\.3 but may be worse than 0\.1000/,
    ],
    [
      'that misses one of several',
      alone(0.9, { 'recall:malignant': share(0.8) }),
      trained(0.9),
      gateOf(ACCURACY, RECALL),
      /^recall:malignant 0\.8000 is below the threshold 0\.9 .*; accuracy 0\.9000 reaches the threshold 0\.85/,
    ],
    [
      'asked for the recall of a class that there is not',
      alone(0.9),
      trained(0.9),
      gateOf({ ...RECALL, name: 'recall:malign' }),
      /^the evaluation has no recall:malign; its recalls are recall:malignant: correct the class in gate\.metrics$/,
    ],
    [
      'without a metric that is required',
      alone(0.9, { auc: estimate(null) }),
      trained(0.9),
      gateOf({ ...ACCURACY, name: 'auc' }),
      /^the evaluation has no finite auc/,
    ],
    [
      'where nothing compares it with the champion',
      against(0.95, 0.95, {}),
      trained(0.95),
      gate,
      /cannot be compared with the champion old: the evaluation has no finite difference/,
    ],
    [
      'whose difference has no finite bound',
      against(0.95, 0.95, { accuracy: [0, -Infinity, 0] }),
      trained(0.95),
      gate,
      /no finite difference/,
    ],
    [
      'that was compared at another confidence',
      { ...against(0.95, 0.95, { accuracy: [0, 0, 0] }), bootstrap: { resamples: 2000, confidence: 0.9 } },
      trained(0.95),
      gate,
      /^the evaluation compared with the champion at confidence 0\.9 on 2000 resamples, not at 0\.95 on 2000/,
    ],
    ['without a training metric', alone(0.95), [], gate, /reported no validation:accuracy/],
    [
      'with a training metric that is no number',
      alone(0.95),
      trained(NaN),
      gate,
      /reported no validation:accuracy/,
    ],
    ['whose training says something else', alone(0.95), trained(0.8), gate, /differ by more than 0\.1/],
    [
      'whose training cannot be checked',
      alone(0.95, { accuracy: undefined }),
      trained(0.9),
      gateOf(LOG_LOSS),
      /no finite accuracy to hold against the training job's/,
    ],
    [
      'with a metric that is not finite',
      alone(Infinity),
      trained(0.9),
      gate,
      /^the evaluation has no finite accuracy/,
    ],
  ])('rejects a candidate %s', (_, evaluation, metrics, settings, reason) => {
    const decision = decide(evaluation, metrics, settings);
    expect(decision.accepted).toBe(false);
    expect(decision.reason).toMatch(reason);
  });

  test.each(['accuracy', 'f1', 'auc', 'logLoss', 'recall:malignant'])(
    'takes neither a missing %s nor one that is no number',
    (name) => {
      const settings = gateOf({ name, threshold: name === 'logLoss' ? 9 : 0, tolerance: 1 });
      expect(decide(alone(0.9), trained(0.9), settings).accepted).toBe(true);
      for (const broken of [undefined, estimate(null), estimate(NaN), estimate('1' as unknown as number)]) {
        const evaluation = alone(0.9);
        const metrics = { ...evaluation.candidate.metrics, [name]: broken! };
        if (!broken) delete metrics[name];
        const decision = decide(
          { ...evaluation, candidate: { version: 'c', metrics } },
          trained(0.9),
          settings,
        );
        expect(decision.accepted).toBe(false);
        expect(Object.values(decision.metrics).every(Number.isFinite)).toBe(true);
      }
    },
  );

  test('says of an accepted candidate what it was measured by', () => {
    expect(decide(alone(0.9), trained(0.9), gate).reason).toBe(
      'accuracy 0.9000 reaches the threshold 0.85 (95 % interval 0.8500 to 0.9300); there is no champion to compare with',
    );
    const again = against(0.95, 0.95, { accuracy: [0, 0, 0] });
    expect(decide(again, trained(0.95), gate).reason).toBe(
      'accuracy 0.9500 reaches the threshold 0.85 (95 % interval 0.9000 to 0.9800) and is not worse than 0.9500 of ' +
        'the champion old by more than 0.01 (difference 0.0000, from 0.0000 to 0.0000, each bound at 95 % confidence)',
    );
    expect(decide(incomparable, trained(0.9), gate).reason).toMatch(
      /; the champion old cannot be compared: classes differ$/,
    );
  });

  test('leaves the numbers behind', () => {
    const evaluation = against(0.95, 0.94, { accuracy: [0.01, -0.005, 0.02] });
    expect(decide(evaluation, trained(0.9), gateOf(ACCURACY))).toMatchObject({
      metrics: {
        accuracy: 0.95,
        f1: 0.9,
        auc: 0.97,
        logLoss: 0.1,
        validationAccuracy: 0.9,
        holdoutRows: 100,
      },
      accuracyInterval: [0.95 - 0.05, 0.95 + 0.03],
      championAccuracy: 0.94,
      verdicts: [
        {
          name: 'accuracy',
          direction: 'higher',
          passed: true,
          value: 0.95,
          threshold: 0.85,
          champion: { value: 0.94, difference: 0.01, interval: [-0.005, 0.02], tolerance: 0.01 },
        },
      ],
    });
    expect(decide(evaluation, trained(0.9), gate).metrics).not.toHaveProperty('recall:malignant');
    expect(decide(alone(0.9), trained(0.9), gateOf(RECALL)).metrics).toHaveProperty('recall:malignant', 0.95);
  });

  test('raises every objection', () => {
    const both = decide(against(0.5, 0.95, { accuracy: [-0.45, -0.5, -0.4] }), trained(0.95), gate);
    expect(both.reason).toMatch(/below the threshold.* and is worse than .*; .*do not agree/);
  });

  test('refuses settings that no evaluation can answer', () => {
    expect(() => decide(alone(0.9), trained(0.9), gateOf({ ...ACCURACY, name: 'acuracy' }))).toThrow(
      'gate.metrics names "acuracy"; allowed is accuracy, f1, auc, logLoss or recall:<class>',
    );
  });
});
