import type { Comparison, Verdict } from '../../lib/contract/gate';
import { isClassMetric, type ModelMetrics } from '../../lib/contract/metrics';
import { showInterval as between, showNumber as show } from '../../lib/contract/metric-text';
import { comparableChampion, type Evaluation } from './evaluation';
import { beatsNaive, reachesThreshold, staysWithChampion, worseByMore, type Judged } from './verdict';

/** Returns the verdict as a sentence without a full stop. */
export function explain(
  verdict: Verdict,
  evaluation: Evaluation,
  metrics: Pick<ModelMetrics, 'evaluation'>,
): string {
  if (verdict.value === null) return explainAbsence(verdict.name, evaluation, metrics);
  const parts = [
    { text: explainThreshold(verdict), good: reachesThreshold(verdict) },
    { text: explainNaive(verdict, evaluation), good: beatsNaive(verdict) },
    { text: explainChampion(verdict, evaluation), good: staysWithChampion(verdict) },
  ].filter(({ text }) => text !== undefined);
  return parts
    .map(({ text, good }, index) =>
      index === 0 ? text : `${good === parts[index - 1]!.good ? 'and' : 'but'} ${text}`,
    )
    .join(' ');
}

function explainAbsence(
  name: string,
  { candidate }: Evaluation,
  metrics: Pick<ModelMetrics, 'evaluation'>,
): string {
  const known = Object.keys(candidate.metrics ?? {});
  if (isClassMetric(name, metrics) && !known.includes(name)) {
    const kind = name.slice(0, name.indexOf(':') + 1);
    const those = known.filter((metric) => metric.startsWith(kind)).join(', ') || 'none';
    return `the evaluation has no ${name}; it has ${those}: correct the class in gate.metrics`;
  }
  return (
    `the evaluation has no finite ${name}: the candidate's answers are not numbers, the holdout lacks ` +
    'a class, or the metric does not apply to this task'
  );
}

function explainThreshold({ name, value, direction, threshold, interval }: Judged): string {
  const range = interval ? ` (95 % interval ${between(interval)})` : '';
  if (threshold === null) return `${name} ${show(value!)}${range}`;
  const [reached, missed] =
    direction === 'higher' ? ['reaches', 'is below'] : ['does not exceed', 'is above'];
  const met = reachesThreshold({ value, direction, threshold });
  return `${name} ${show(value!)} ${met ? reached : missed} the threshold ${threshold}${range}`;
}

function explainNaive(verdict: Judged, { naive: { description } }: Evaluation): string | undefined {
  const { naive } = verdict;
  if (!naive) return undefined;
  if (naive.value === null || naive.difference === null || naive.interval === null) {
    return `cannot be compared with the naive answer (${description}): the evaluation has no finite difference`;
  }
  const says = beatsNaive(verdict) ? 'beats' : 'is not better than';
  return `${says} ${show(naive.value)} of the naive answer, ${description} (${difference(naive)})`;
}

function explainChampion(verdict: Judged, evaluation: Evaluation): string | undefined {
  const version = comparableChampion(evaluation)?.version;
  const { champion } = verdict;
  if (!champion) return undefined;
  const { value, tolerance } = champion;
  if (value === null || champion.difference === null || champion.interval === null) {
    return `cannot be compared with the champion ${version}: the evaluation has no finite difference`;
  }
  const stays = staysWithChampion(verdict);
  const worse = worseByMore(verdict.direction, champion.difference, tolerance);
  const says = stays ? 'is not worse' : worse ? 'is worse' : 'may be worse';
  const confidence = evaluation.bootstrap.confidence * 100;
  return (
    `${says} than ${show(value)} of the champion ${version} by more than ${tolerance} (${difference(champion)}, each ` +
    `bound at ${Number(confidence.toFixed(4))} % confidence)` +
    (stays || worse ? '' : '; more holdout rows or a larger tolerance would give a clear result')
  );
}

function difference({ difference, interval }: Comparison): string {
  return `difference ${show(difference!)}, from ${between(interval!)}`;
}
