import type { GateSettings } from '../../lib/contract/environment';
import { ACCURACY_METRIC } from '../../lib/contract/metrics';
import type { Decision, Interval, Metrics } from '../../lib/contract/run';

/** A model's scores on the holdout, as the inference image's `evaluate` writes them. */
export interface ModelScores {
  readonly version: string;
  readonly accuracy: number;
  readonly accuracyInterval: Interval;
  readonly logLoss: number;
  readonly macroF1: number;
}

/** `evaluation.json`. A champion over other features or classes cannot be scored on this holdout. */
export interface Evaluation {
  readonly rows: number;
  readonly candidate: ModelScores;
  readonly champion: ModelScores | { readonly version: string; readonly incomparable: string } | null;
}

/** An entry of SageMaker's `FinalMetricDataList` (the part that is used here). */
export interface FinalMetric {
  readonly MetricName?: string;
  readonly Value?: number;
}

/**
 * The gate. It fails closed: a metric that is missing or not finite rejects the candidate.
 *
 * @param finalMetrics chosen by name, since their order is not documented
 */
export function decide(
  { rows, candidate, champion }: Evaluation,
  finalMetrics: readonly FinalMetric[],
  gate: GateSettings,
): Decision {
  const championScores = champion && 'accuracy' in champion ? champion : null;
  const trained = finalMetrics.find(({ MetricName }) => MetricName === ACCURACY_METRIC)?.Value;
  const objections = [
    objectToThreshold(candidate.accuracy, gate),
    objectToTraining(candidate.accuracy, trained, gate),
    championScores && objectToChampion(candidate.accuracy, championScores, gate),
  ].filter((objection) => typeof objection === 'string');
  return {
    accepted: objections.length === 0,
    reason: objections.length === 0 ? praise(candidate.accuracy, gate, champion) : objections.join('; '),
    metrics: finite({
      accuracy: candidate.accuracy,
      logLoss: candidate.logLoss,
      macroF1: candidate.macroF1,
      validationAccuracy: trained,
      holdoutRows: rows,
    }),
    accuracyInterval: candidate.accuracyInterval,
    championAccuracy: championScores?.accuracy ?? null,
  };
}

function objectToThreshold(accuracy: number, { threshold }: GateSettings): string | undefined {
  if (!Number.isFinite(accuracy)) return `the evaluation has no finite accuracy (it is ${accuracy})`;
  if (accuracy >= threshold) return undefined;
  return `accuracy ${show(accuracy)} is below the threshold ${threshold}`;
}

function objectToTraining(
  accuracy: number,
  trained: number | undefined,
  { trainingTolerance }: GateSettings,
): string | undefined {
  if (trained === undefined || !Number.isFinite(trained)) {
    return `the training job reported no ${ACCURACY_METRIC}; its output must hold a line such as ${ACCURACY_METRIC}=0.97;`;
  }
  if (Math.abs(accuracy - trained) <= trainingTolerance) return undefined;
  return (
    `accuracy ${show(accuracy)} and the training job's ${ACCURACY_METRIC} ${show(trained)} differ by more than ` +
    `${trainingTolerance}: training and serving do not agree`
  );
}

function objectToChampion(
  accuracy: number,
  champion: ModelScores,
  { championTolerance }: GateSettings,
): string | undefined {
  if (accuracy >= champion.accuracy - championTolerance) return undefined;
  return (
    `accuracy ${show(accuracy)} is worse than ${show(champion.accuracy)} of the champion ${champion.version} ` +
    `by more than ${championTolerance}`
  );
}

function praise(accuracy: number, gate: GateSettings, champion: Evaluation['champion']): string {
  const base = `accuracy ${show(accuracy)} reaches the threshold ${gate.threshold}`;
  if (!champion) return `${base}; there is no champion to compare with`;
  if ('incomparable' in champion) {
    return `${base}; the champion ${champion.version} cannot be compared: ${champion.incomparable}`;
  }
  return `${base} and is not worse than ${show(champion.accuracy)} of the champion ${champion.version} by more than ${gate.championTolerance}`;
}

function finite(values: Record<string, number | undefined>): Metrics {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
  );
}

function show(value: number): string {
  return Number.isFinite(value) ? value.toFixed(4) : String(value);
}
