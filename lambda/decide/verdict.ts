import type { GateMetric, Verdict } from '../../lib/contract/gate';
import { isRecall, METRIC_NAMES, metricDirection } from '../../lib/contract/metrics';
import type { Interval } from '../../lib/contract/run';
import { comparableChampion, finiteInterval, finiteValue, type Evaluation } from './evaluation';

/** Shares are quotients of row counts: their differences miss round numbers by some 1e-16. */
const ROUNDING = 1e-9;

/**
 * Judges one required metric, by its threshold and against the champion. Whatever is missing or not finite fails.
 *
 * @throws if the gate's settings name a metric that no evaluation has: a fault of the configuration's check
 */
export function judge(required: GateMetric, evaluation: Evaluation): Verdict {
  const { name, threshold, tolerance } = required;
  const direction = metricDirection(name);
  if (!direction) {
    throw new Error(`gate.metrics names "${name}"; allowed is ${METRIC_NAMES}. Correct it and deploy again`);
  }
  const value = finiteValue(evaluation.candidate.metrics, name);
  const scores = comparableChampion(evaluation);
  const champion = scores && {
    value: finiteValue(scores.metrics, name),
    difference: finiteValue(evaluation.differences, name),
    interval: finiteInterval(evaluation.differences, name),
    tolerance,
  };
  const verdict = {
    name,
    direction,
    value,
    interval: finiteInterval(evaluation.candidate.metrics, name),
    threshold,
    champion,
  };
  return { ...verdict, passed: reachesThreshold(verdict) && staysWithChampion(verdict) };
}

/** The verdict as a sentence without a full stop. */
export function explain(verdict: Verdict, evaluation: Evaluation): string {
  if (verdict.value === null) return explainAbsence(verdict.name, evaluation);
  const against = explainChampion(verdict, evaluation);
  if (!against) return explainThreshold(verdict);
  const inContrast = reachesThreshold(verdict) && !staysWithChampion(verdict);
  return `${explainThreshold(verdict)} ${inContrast ? 'but' : 'and'} ${against}`;
}

type Judged = Omit<Verdict, 'passed'>;

function reachesThreshold({ value, direction, threshold }: Judged): boolean {
  return value !== null && (direction === 'higher' ? value >= threshold : value <= threshold);
}

/** One-sided: by how much the candidate may be worse at the gate's confidence. */
function staysWithChampion({ champion, direction }: Judged): boolean {
  if (!champion) return true;
  if (champion.difference === null || champion.interval === null) return false;
  const [low, high] = champion.interval;
  return (direction === 'higher' ? -low : high) <= champion.tolerance + ROUNDING;
}

function explainAbsence(name: string, { candidate }: Evaluation): string {
  const known = Object.keys(candidate.metrics ?? {});
  if (isRecall(name) && !known.includes(name)) {
    const recalls = known.filter(isRecall).join(', ') || 'none';
    return `the evaluation has no ${name}; its recalls are ${recalls}: correct the class in gate.metrics`;
  }
  return (
    `the evaluation has no finite ${name}: the candidate answers with something else than numbers, or the holdout ` +
    'lacks a class'
  );
}

function explainThreshold(verdict: Judged): string {
  const { name, value, direction, threshold, interval } = verdict;
  const [reached, missed] =
    direction === 'higher' ? ['reaches', 'is below'] : ['does not exceed', 'is above'];
  const range = interval ? ` (95 % interval ${between(interval)})` : '';
  return `${name} ${show(value!)} ${reachesThreshold(verdict) ? reached : missed} the threshold ${threshold}${range}`;
}

function explainChampion(verdict: Judged, evaluation: Evaluation): string | undefined {
  const version = comparableChampion(evaluation)?.version;
  const { champion, direction } = verdict;
  if (!champion) return undefined;
  const { value, difference, interval, tolerance } = champion;
  if (value === null || difference === null || interval === null) {
    return `cannot be compared with the champion ${version}: the evaluation has no finite difference`;
  }
  const stays = staysWithChampion(verdict);
  const worse = (direction === 'higher' ? -difference : difference) > tolerance + ROUNDING;
  const says = stays ? 'is not worse' : worse ? 'is worse' : 'may be worse';
  const confidence = evaluation.bootstrap.confidence * 100;
  return (
    `${says} than ${show(value)} of the champion ${version} by more than ${tolerance} (difference ` +
    `${show(difference)}, from ${between(interval)}, each bound at ${Number(confidence.toFixed(4))} % confidence)` +
    (stays || worse ? '' : '; more holdout rows or a larger tolerance would settle it')
  );
}

function between([low, high]: Interval): string {
  return `${show(low)} to ${show(high)}`;
}

export function show(value: number): string {
  return value.toFixed(4).replace(/^-(?=[0.]+$)/, '');
}
