import {
  requirementFor,
  type GateDecision,
  type GateMetric,
  type GateSettings,
  type Verdict,
} from '../../lib/contract/gate';
import { isClassMetric, metricOf, type ModelMetrics } from '../../lib/contract/metrics';
import type { Headline, Metrics } from '../../lib/contract/run';
import { objectToTraining, type FinalMetric } from './agreement';
import { classShares, finiteValue, type Evaluation } from './evaluation';
import { checkMeasured } from './read-evaluation';
import { explain } from './sentences';
import { judge } from './verdict';

/**
 * Applies the gate. It fails closed: a metric without a finite value rejects the candidate, and so does one that is not
 * better than the naive answer's.
 *
 * @param finalMetrics of the training job
 * @throws PipelineError `MetricsMissing` if the training job reported none to compare, or the evaluation lacks one that
 *   is required
 */
export function decide(
  evaluation: Evaluation,
  finalMetrics: readonly FinalMetric[],
  gate: GateSettings,
  metrics: ModelMetrics,
): GateDecision {
  const { required, because } = requirements(evaluation, gate, metrics);
  const verdicts = required.map((metric) => judge(metric, evaluation, metrics));
  checkMeasured(required, evaluation, metrics);
  const sentences = (passed: boolean) =>
    verdicts
      .filter((verdict) => verdict.passed === passed)
      .map((verdict) => explain(verdict, evaluation, metrics));
  const objections = [
    ...sentences(false),
    objectToTraining(evaluation, finalMetrics, gate, metrics.agreement),
    objectToBootstrap(evaluation, gate),
    objectToChampion(evaluation, gate),
  ].filter((objection) => objection !== undefined);
  const accepted = objections.length === 0;
  return {
    accepted,
    reason: [
      ...objections,
      ...sentences(true),
      because,
      accepted ? onComparison(evaluation, gate) : undefined,
    ]
      .filter((sentence) => sentence !== undefined)
      .join('; '),
    metrics: reported(evaluation, finalMetrics, verdicts, metrics),
    headline: headline(evaluation, verdicts, metrics),
    verdicts,
  };
}

/** Returns the configured metrics, or the requirement for the data; at least one that the naive answer has too. */
function requirements(
  evaluation: Evaluation,
  gate: GateSettings,
  metrics: ModelMetrics,
): { required: readonly GateMetric[]; because?: string } {
  const compared = gate.metrics?.some(({ name }) => metricOf(name, metrics)?.naive) ?? false;
  if (gate.metrics && (compared || !gate.byData)) return { required: gate.metrics };
  if (!gate.byData) {
    throw new Error('gate.metrics and gate.byData are null; require a metric and deploy the stack again');
  }
  const shares = evaluation.task === 'regression' ? null : classShares(evaluation);
  const { metric, because } = requirementFor(gate.byData, shares);
  if (!gate.metrics) return { required: [metric], because };
  // The recall of one class alone is no comparison with the naive answer.
  return { required: [...gate.metrics, { ...metric, threshold: null, tolerance: 1 }] };
}

/**
 * Checks the bootstrap's settings: the gate may have been changed during the run, and a custom image may use others.
 */
function objectToBootstrap({ bootstrap }: Evaluation, gate: GateSettings): string | undefined {
  const { resamples, confidence } = bootstrap;
  if (resamples === gate.resamples && confidence === gate.confidence) return undefined;
  return (
    `the evaluation used confidence ${confidence} and ${resamples} resamples instead of ${gate.confidence} and ` +
    `${gate.resamples}; start another run`
  );
}

function objectToChampion({ champion }: Evaluation, gate: GateSettings): string | undefined {
  if (!champion || !('incomparable' in champion) || gate.whenIncomparable !== 'reject') return undefined;
  return (
    `the champion ${champion.version} cannot be compared (${champion.incomparable}), and gate.whenIncomparable is ` +
    '"reject"; set "approval" to ask a person, or "threshold" to use the thresholds only'
  );
}

function onComparison({ champion }: Evaluation, { whenIncomparable }: GateSettings): string | undefined {
  if (!champion) return 'there is no champion to compare with';
  if (!('incomparable' in champion)) return undefined;
  const then = whenIncomparable === 'approval' ? 'a person decides' : 'only the thresholds decide';
  return `the champion ${champion.version} cannot be compared (${champion.incomparable}): ${then}`;
}

/** Returns all metrics of the whole holdout, and those of single classes that the gate requires. */
function reported(
  { candidate, holdout }: Evaluation,
  finalMetrics: readonly FinalMetric[],
  verdicts: readonly Verdict[],
  known: ModelMetrics,
): Metrics {
  const names = Object.keys(candidate.metrics).filter((name) => !isClassMetric(name, known));
  const values: Record<string, number | null | undefined> = Object.fromEntries(
    [...names, ...verdicts.map(({ name }) => name)].map((name) => [
      name,
      finiteValue(candidate.metrics, name),
    ]),
  );
  for (const { MetricName, Value } of finalMetrics) if (MetricName) values[MetricName] = Value;
  values.holdoutRows = holdout.rows;
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
  );
}

/** Returns the model's headline metric, or else the first one that the gate requires. */
function headline(evaluation: Evaluation, verdicts: readonly Verdict[], metrics: ModelMetrics): Headline {
  const configured = metrics.headline;
  const { name, value, interval, naive, champion } =
    configured === null
      ? verdicts[0]!
      : (verdicts.find((verdict) => verdict.name === configured) ??
        judge({ name: configured, threshold: null, tolerance: 0 }, evaluation, metrics));
  return { name, value, interval, naive: naive?.value ?? null, champion: champion?.value ?? null };
}
