import type { Comparison, GateMetric, Verdict } from '../../lib/contract/gate';
import { metricNames, metricOf, type Direction, type ModelMetrics } from '../../lib/contract/metrics';
import {
  comparableChampion,
  finiteInterval,
  finiteValue,
  type Estimates,
  type Evaluation,
} from './evaluation';

/** Shares are quotients of row counts: their differences deviate from round numbers by about 1e-16. */
const ROUNDING = 1e-9;

export type Judged = Omit<Verdict, 'passed'>;

/**
 * Judges one required metric: by its threshold, against the naive answer and against the champion. A missing or
 * non-finite value fails.
 *
 * @throws Error if the gate's settings name a metric that no evaluation has: the configuration's check missed it
 */
export function judge(
  required: GateMetric,
  evaluation: Evaluation,
  metrics: Pick<ModelMetrics, 'evaluation'>,
): Verdict {
  const { name, threshold, tolerance } = required;
  const metric = metricOf(name, metrics);
  if (!metric) {
    throw new Error(
      `gate.metrics names "${name}"; must be ${metricNames(metrics)}. Correct it and deploy the stack again`,
    );
  }
  const compared = comparableChampion(evaluation);
  const verdict: Judged = {
    name,
    direction: metric.direction,
    value: finiteValue(evaluation.candidate.metrics, name),
    interval: finiteInterval(evaluation.candidate.metrics, name),
    threshold,
    naive: metric.naive ? comparison(name, evaluation.naive.metrics, evaluation.advantages) : null,
    // The latency and memory of the champion are not measured again.
    champion:
      compared && !metric.onRequest
        ? { ...comparison(name, compared.metrics, evaluation.differences), tolerance }
        : null,
  };
  const passed =
    verdict.value !== null && reachesThreshold(verdict) && beatsNaive(verdict) && staysWithChampion(verdict);
  return { ...verdict, passed };
}

function comparison(name: string, other: Estimates, differences: Estimates | null): Comparison {
  return {
    value: finiteValue(other, name),
    difference: finiteValue(differences, name),
    interval: finiteInterval(differences, name),
  };
}

export function reachesThreshold({
  value,
  direction,
  threshold,
}: Pick<Judged, 'value' | 'direction' | 'threshold'>): boolean {
  if (threshold === null) return true;
  return value !== null && (direction === 'higher' ? value >= threshold : value <= threshold);
}

/** Returns true if the candidate is better than the naive answer, one-sided, at the gate's confidence. */
export function beatsNaive({ naive, direction }: Judged): boolean {
  if (!naive) return true;
  if (naive.interval === null || naive.difference === null) return false;
  return atWorst(direction, naive.interval) < -ROUNDING;
}

/**
 * Returns true if the candidate is not worse than the champion by more than the tolerance, one-sided, at the gate's
 * confidence.
 */
export function staysWithChampion({ champion, direction }: Judged): boolean {
  if (!champion) return true;
  if (champion.difference === null || champion.interval === null) return false;
  return atWorst(direction, champion.interval) <= champion.tolerance + ROUNDING;
}

export function worseByMore(direction: Direction, difference: number, tolerance: number): boolean {
  return (direction === 'higher' ? -difference : difference) > tolerance + ROUNDING;
}

/** Returns the largest plausible loss of the candidate; negative where it is better in any case. */
function atWorst(direction: Direction, [low, high]: readonly [number, number]): number {
  return direction === 'higher' ? -low : high;
}
