import type { GateDecision, GateSettings } from '../../lib/contract/gate';
import { ACCURACY_METRIC } from '../../lib/contract/metrics';
import type { Interval, Metrics } from '../../lib/contract/run';
import { comparableChampion, finiteInterval, finiteValue, type Evaluation } from './evaluation';
import { explain, judge, show } from './verdict';

/** An entry of SageMaker's `FinalMetricDataList` (the part that is used here). */
export interface FinalMetric {
  readonly MetricName?: string;
  readonly Value?: number;
}

/** Reported whether the gate asks for them or not; of recalls, those that it asks for. */
const REPORTED = ['accuracy', 'f1', 'auc', 'logLoss'];
/** What is known of an accuracy that could not be measured. */
const ANY_SHARE: Interval = [0, 1];

/**
 * The gate. It fails closed: a metric that is missing or not finite rejects the candidate.
 *
 * @param finalMetrics chosen by name, since their order is not documented
 */
export function decide(
  evaluation: Evaluation,
  finalMetrics: readonly FinalMetric[],
  gate: GateSettings,
): GateDecision {
  const { candidate, holdout } = evaluation;
  const trained = finalMetrics.find(({ MetricName }) => MetricName === ACCURACY_METRIC)?.Value;
  const verdicts = gate.metrics.map((required) => judge(required, evaluation));
  const sentences = (passed: boolean) =>
    verdicts.filter((verdict) => verdict.passed === passed).map((verdict) => explain(verdict, evaluation));
  const objections = [
    ...sentences(false),
    objectToTraining(finiteValue(candidate.metrics, 'accuracy'), trained, gate),
    objectToBootstrap(evaluation, gate),
  ].filter((objection) => objection !== undefined);
  const accepted = objections.length === 0;
  const reported = [...REPORTED, ...verdicts.map(({ name }) => name)];
  return {
    accepted,
    reason: [...objections, ...sentences(true), accepted ? onComparison(evaluation) : undefined]
      .filter((sentence) => sentence !== undefined)
      .join('; '),
    metrics: finite({
      ...Object.fromEntries(reported.map((name) => [name, finiteValue(candidate.metrics, name)])),
      validationAccuracy: trained,
      holdoutRows: holdout.rows,
    }),
    accuracyInterval: finiteInterval(candidate.metrics, 'accuracy') ?? ANY_SHARE,
    championAccuracy: finiteValue(comparableChampion(evaluation)?.metrics, 'accuracy'),
    verdicts,
  };
}

function objectToTraining(
  accuracy: number | null,
  trained: number | undefined,
  { trainingTolerance }: GateSettings,
): string | undefined {
  if (trained === undefined || !Number.isFinite(trained)) {
    return `the training job reported no ${ACCURACY_METRIC}; its output must hold a line such as ${ACCURACY_METRIC}=0.97;`;
  }
  if (accuracy === null) {
    return `the evaluation has no finite accuracy to hold against the training job's ${ACCURACY_METRIC} ${show(trained)}`;
  }
  if (Math.abs(accuracy - trained) <= trainingTolerance) return undefined;
  return (
    `accuracy ${show(accuracy)} and the training job's ${ACCURACY_METRIC} ${show(trained)} differ by more than ` +
    `${trainingTolerance}: training and serving do not agree`
  );
}

/** The gate may have been deployed anew while the run was on its way, and an image of one's own may do as it likes. */
function objectToBootstrap(evaluation: Evaluation, gate: GateSettings): string | undefined {
  if (!comparableChampion(evaluation)) return undefined;
  const { resamples, confidence } = evaluation.bootstrap;
  if (resamples === gate.resamples && confidence === gate.confidence) return undefined;
  return (
    `the evaluation compared with the champion at confidence ${confidence} on ${resamples} resamples, not at ` +
    `${gate.confidence} on ${gate.resamples}: start another run`
  );
}

function onComparison({ champion }: Evaluation): string | undefined {
  if (!champion) return 'there is no champion to compare with';
  if (!('incomparable' in champion)) return undefined;
  return `the champion ${champion.version} cannot be compared: ${champion.incomparable}`;
}

function finite(values: Record<string, number | null | undefined>): Metrics {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
  );
}
