import type { GateSettings } from '../../../lib/contract/gate';
import type { Evaluation } from '../../../lambda/decide/evaluation';
import type { FinalMetric } from '../../../lambda/decide/agreement';
import {
  decide,
  ACCURACY,
  LOG_LOSS,
  RECALL,
  gateOf,
  gate,
  estimate,
  share,
  alone,
  against,
  incomparable,
  trained,
} from './gate-evaluation';

describe('the gate', () => {
  test.each<[string, Evaluation, FinalMetric[], GateSettings]>([
    ['at the threshold', alone(0.85), trained(), gate],
    ['that is the champion again', against(0.95, 0.95, { accuracy: [0, 0, 0] }), trained(), gate],
    [
      'that is surely not worse by more than the tolerance',
      against(0.95, 0.954, { accuracy: [-0.004, -0.0099, 0.002] }),
      trained(),
      gate,
    ],
    [
      'whose lower bound is the tolerance, but for the rounding',
      against(0.94, 0.95, { accuracy: [0.94 - 0.95, 0.94 - 0.95, 0] }),
      trained(),
      gate,
    ],
    ['where the champion cannot be compared', incomparable, trained(), gate],
    ['whatever the order of the final metrics', alone(0.9), trained().reverse(), gate],
    ['of a low enough log loss', alone(0.9, { logLoss: estimate(0.3) }), trained(), gateOf(LOG_LOSS)],
    [
      'of a log loss that is surely not higher by more than the tolerance',
      against(0.9, 0.9, { logLoss: [0.01, -0.2, 0.05] }),
      trained(),
      gateOf(LOG_LOSS),
    ],
    [
      'that reaches all that is required',
      against(0.95, 0.9, { accuracy: [0.05, 0.01, 0.09], 'recall:malignant': [0, -0.02, 0.02] }),
      trained(),
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
      trained(),
      gate,
      /^accuracy 0\.8499 is below the threshold 0\.85 \(95 % interval 0\.7999 to 0\.8799\) but beats 0\.6000 of the naive answer, always "benign" \(difference 0\.2499, from 0\.1000 to 0\.4000\)$/,
    ],
    [
      'that is worse than the champion',
      against(0.93, 0.95, { accuracy: [-0.02, -0.04, 0] }),
      trained(),
      gate,
      /reaches the threshold 0\.85 .* but is worse than 0\.9500 of the champion old by more than 0\.01 \(difference -0\.0200, from -0\.0400 to 0, each bound at 95 % confidence\)$/,
    ],
    [
      'that may be worse than the champion, on too few rows to tell',
      against(0.95, 0.95, { accuracy: [0, -0.0172, 0.0172] }),
      trained(),
      gate,
      / but may be worse than 0\.9500 of the champion old by more than 0\.01 .*; more holdout rows or a larger tolerance would give a clear result$/,
    ],
    [
      'of a higher log loss than allowed',
      alone(0.9, { logLoss: estimate(0.31, [0.2, 0.5]) }),
      trained(),
      gateOf(LOG_LOSS),
      /^logLoss 0\.3100 is above the threshold 0\.3 \(95 % interval 0\.2000 to 0\.5000\)/,
    ],
    [
      'of a log loss that may be higher than the champion’s',
      against(0.9, 0.9, { logLoss: [-0.01, -0.2, 0.06] }),
      trained(),
      gateOf(LOG_LOSS),
      /^logLoss 0\.1000 does not exceed the threshold 0\.3 and beats 0\.7000 .* but may be worse than 0\.1000/,
    ],
    [
      'that misses one of several',
      alone(0.9, { 'recall:malignant': share(0.8) }),
      trained(),
      gateOf(ACCURACY, RECALL),
      /^recall:malignant 0\.8000 is below the threshold 0\.9 .*; accuracy 0\.9000 reaches the threshold 0\.85/,
    ],
    [
      'asked for the recall of a class that there is not',
      alone(0.9),
      trained(),
      gateOf({ ...RECALL, name: 'recall:malign' }),
      /^the evaluation has no recall:malign; it has recall:malignant: correct the class in gate\.metrics/,
    ],
    [
      'without a metric that is required',
      alone(0.9, { auc: estimate(null) }),
      trained(),
      gateOf({ ...ACCURACY, name: 'auc' }),
      /^the evaluation has no finite auc/,
    ],
    [
      'where nothing compares it with the champion',
      against(0.95, 0.95, {}),
      trained(),
      gate,
      /cannot be compared with the champion old: the evaluation has no finite difference/,
    ],
    [
      'whose difference has no finite bound',
      against(0.95, 0.95, { accuracy: [0, -Infinity, 0] }),
      trained(),
      gate,
      /no finite difference/,
    ],
    [
      'that was compared at another confidence',
      { ...against(0.95, 0.95, { accuracy: [0, 0, 0] }), bootstrap: { resamples: 2000, confidence: 0.9 } },
      trained(),
      gate,
      /^the evaluation used confidence 0\.9 and 2000 resamples instead of 0\.95 and 2000/,
    ],
    [
      'whose training says something else of the same rows',
      alone(0.95),
      trained(0.8989),
      gate,
      /on the same 80 validation rows the serving code's accuracy is 0\.9000 and the training job's validation:accuracy 0\.8989, which differ by more than 0\.001/,
    ],
    [
      'whose evaluation did not score the validation rows',
      { ...alone(0.95), agreement: { rows: 0, metrics: {} } },
      trained(),
      gate,
      /has no accuracy and no rmse of the validation rows/,
    ],
    [
      'whose serving code has no finite accuracy on them',
      { ...alone(0.95), agreement: { rows: 80, metrics: { accuracy: null } } },
      trained(),
      gate,
      /has no finite accuracy on the 80 validation rows/,
    ],
    [
      'that is no better than the naive answer, whatever its threshold',
      {
        ...alone(0.9983),
        naive: { description: 'always "no"', metrics: { accuracy: estimate(0.9983) } },
        advantages: { accuracy: estimate(0, [-0.0001, 0]) },
      },
      trained(),
      gate,
      /^accuracy 0\.9983 reaches the threshold 0\.85 .* but is not better than 0\.9983 of the naive answer, always "no" \(difference 0, from -0\.0001 to 0\)$/,
    ],
    [
      'that nothing compares with the naive answer',
      { ...alone(0.9), advantages: {} },
      trained(),
      gate,
      /cannot be compared with the naive answer/,
    ],
    [
      'with a gate on one class alone, and no better than the naive answer',
      { ...alone(0.6), advantages: { accuracy: estimate(0, [-0.1, 0.1]) } },
      trained(),
      gateOf(RECALL),
      /^accuracy 0\.6000 .* is not better than .*; recall:malignant 0\.9500 reaches/,
    ],
    [
      'whose champion cannot be compared, where the configuration says so',
      incomparable,
      trained(),
      { ...gate, whenIncomparable: 'reject' },
      /^the champion old cannot be compared \(classes differ\), and gate\.whenIncomparable is "reject"/,
    ],
    [
      'with a metric that is not finite',
      alone(Infinity),
      trained(),
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
      expect(decide(alone(0.9), trained(), settings).accepted).toBe(true);
      for (const broken of [undefined, estimate(null), estimate(NaN), estimate('1' as unknown as number)]) {
        const evaluation = alone(0.9);
        const metrics = { ...evaluation.candidate.metrics, [name]: broken! };
        if (!broken) delete metrics[name];
        const judged = { ...evaluation, candidate: { version: 'c', metrics } };
        // A metric that is not there at all is a fault of the program; whether there is a class, the data say.
        if (!broken && !name.includes(':')) {
          expect(() => decide(judged, trained(), settings)).toThrow(
            expect.objectContaining({
              name: 'MetricsMissing',
              message: expect.stringMatching(`has no ${name}, which the gate requires; it has `) as string,
            }) as Error,
          );
          continue;
        }
        const decision = decide(judged, trained(), settings);
        expect(decision.accepted).toBe(false);
        expect(Object.values(decision.metrics).every(Number.isFinite)).toBe(true);
      }
    },
  );

  test('gives the reason for an accepted candidate', () => {
    expect(decide(alone(0.9), trained(), gate).reason).toBe(
      'accuracy 0.9000 reaches the threshold 0.85 (95 % interval 0.8500 to 0.9300) and beats 0.6000 of the naive ' +
        'answer, always "benign" (difference 0.3000, from 0.1000 to 0.4000); there is no champion to compare with',
    );
    const again = against(0.95, 0.95, { accuracy: [0, 0, 0] });
    expect(decide(again, trained(), gate).reason).toMatch(
      / and is not worse than 0\.9500 of the champion old by more than 0\.01 \(difference 0, from 0 to 0, each bound at 95 % confidence\)$/,
    );
    expect(decide(incomparable, trained(), gate).reason).toMatch(
      /; the champion old cannot be compared \(classes differ\): only the thresholds decide$/,
    );
    expect(decide(incomparable, trained(), { ...gate, whenIncomparable: 'approval' }).reason).toMatch(
      /: a person decides$/,
    );
  });

  test('returns the numbers', () => {
    const evaluation = against(0.95, 0.94, { accuracy: [0.01, -0.005, 0.02] });
    expect(decide(evaluation, trained(), gateOf(ACCURACY))).toMatchObject({
      metrics: {
        accuracy: 0.95,
        f1: 0.9,
        auc: 0.97,
        logLoss: 0.1,
        'validation:accuracy': 0.9,
        holdoutRows: 100,
      },
      headline: {
        name: 'accuracy',
        value: 0.95,
        interval: [0.95 - 0.05, 0.95 + 0.03],
        naive: 0.6,
        champion: 0.94,
      },
      verdicts: [
        {
          name: 'accuracy',
          direction: 'higher',
          passed: true,
          value: 0.95,
          threshold: 0.85,
          naive: { value: 0.6, difference: 0.95 - 0.6, interval: [0.1, 0.4] },
          champion: { value: 0.94, difference: 0.01, interval: [-0.005, 0.02], tolerance: 0.01 },
        },
      ],
    });
    expect(decide(evaluation, trained(), gate).metrics).not.toHaveProperty('recall:malignant');
    expect(decide(alone(0.9), trained(), gateOf(RECALL)).metrics).toHaveProperty('recall:malignant', 0.95);
  });

  test('lists every objection', () => {
    const both = decide(against(0.5, 0.95, { accuracy: [-0.45, -0.5, -0.4] }), trained(0.5), gate);
    expect(both.reason).toMatch(/below the threshold.* but beats .* but is worse than .*; .*do not agree/);
  });

  test.each([
    [[], 'validation:accuracy'],
    [trained(NaN), 'validation:accuracy'],
  ])('a training job without its metric is a failure, not a rejection: %j', (metrics, name) => {
    expect(() => decide(alone(0.95), metrics, gate)).toThrow(
      expect.objectContaining({
        name: 'MetricsMissing',
        message: expect.stringContaining(name) as string,
      }) as Error,
    );
  });

  test('refuses settings with an unknown metric', () => {
    expect(() => decide(alone(0.9), trained(), gateOf({ ...ACCURACY, name: 'acuracy' }))).toThrow(
      'gate.metrics names "acuracy"; must be accuracy, balancedAccuracy, ',
    );
  });
});
