import type { GateMetric, GateSettings } from '../../../lib/contract/gate';
import type { Estimate, Evaluation, MeasuredModel } from '../../../lambda/decide/evaluation';
import { decide as decideOn } from '../../../lambda/decide/gate';
import { table } from '../../../lib';
import type { FinalMetric } from '../../../lambda/decide/agreement';

/** The gate of the model for tables. */
export const decide = (evaluation: Evaluation, finalMetrics: FinalMetric[], settings: GateSettings) =>
  decideOn(evaluation, finalMetrics, settings, table.metrics);

export const ACCURACY: GateMetric = { name: 'accuracy', threshold: 0.85, tolerance: 0.01 };
export const LOG_LOSS: GateMetric = { name: 'logLoss', threshold: 0.3, tolerance: 0.05 };
export const RECALL: GateMetric = { name: 'recall:malignant', threshold: 0.9, tolerance: 0.02 };
export const gateOf = (...metrics: GateMetric[]): GateSettings => ({
  metrics,
  byData: table.gate.byData,
  confidence: 0.95,
  resamples: 2000,
  trainingTolerance: 0.001,
  whenIncomparable: 'threshold',
});
export const gate = gateOf(ACCURACY);

export const estimate = (value: number | null, interval: Estimate['interval'] = null): Estimate => ({
  value,
  interval,
});
export const share = (value: number) => estimate(value, [value - 0.05, value + 0.03]);
export const scores = (accuracy: Estimate, version = 'candidate', more = {}): MeasuredModel => ({
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
/** A naive answer that every candidate beats, and validation rows on which training said 0.9. */
export const alone = (accuracy: number, more = {}): Evaluation => ({
  task: 'classification',
  holdout: { rows: 100, sha256: '00' },
  bootstrap: { resamples: 2000, confidence: 0.95 },
  naive: {
    description: 'always "benign"',
    metrics: { accuracy: estimate(0.6), f1: estimate(0.3), auc: estimate(0.5), logLoss: estimate(0.7) },
  },
  candidate: scores(share(accuracy), 'candidate', more),
  champion: null,
  differences: null,
  advantages: {
    accuracy: estimate(accuracy - 0.6, [0.1, 0.4]),
    f1: estimate(0.6, [0.5, 0.7]),
    auc: estimate(0.47, [0.4, 0.5]),
    logLoss: estimate(-0.6, [-0.7, -0.5]),
  },
  agreement: { rows: 80, metrics: { accuracy: 0.9 } },
  labels: { benign: 60, malignant: 40 },
});
/** With a champion, and each difference as [value, low, high]. */
export const against = (
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
export const incomparable: Evaluation = {
  ...alone(0.9),
  champion: { version: 'old', incomparable: 'classes differ' },
};
export const trained = (Value: number | undefined = 0.9): FinalMetric[] => [
  { MetricName: 'validation:loss', Value: 0.2 },
  { MetricName: 'validation:accuracy', Value },
];
