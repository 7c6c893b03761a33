import type { Comparison, GateMetric, Verdict } from '../../lib/contract/gate';
import { isServingMetric, METRIC_NAMES, metricOf, type Direction } from '../../lib/contract/metrics';
import {
  comparableChampion,
  finiteInterval,
  finiteValue,
  type Estimates,
  type Evaluation,
} from './evaluation';

/** Shares are quotients of row counts: their differences miss round numbers by some 1e-16. */
const ROUNDING = 1e-9;

export type Judged = Omit<Verdict, 'passed'>;

/**
 * Judges one required metric: by its threshold, against the naive answer and against the champion. Whatever is missing
 * or not finite fails.
 *
 * @throws Error if the gate's settings name a metric that no evaluation has: a fault of the configuration's check
 */
export function judge(required: GateMetric, evaluation: Evaluation): Verdict {
  const { name, threshold, tolerance } = required;
  const metric = metricOf(name);
  if (!metric) {
    throw new Error(`gate.metrics names "${name}"; allowed is ${METRIC_NAMES}. Correct it and deploy again`);
  }
  const scores = comparableChampion(evaluation);
  const verdict: Judged = {
    name,
    direction: metric.direction,
    value: finiteValue(evaluation.candidate.metrics, name),
    interval: finiteInterval(evaluation.candidate.metrics, name),
    threshold,
    naive: metric.naive ? comparison(name, evaluation.naive.metrics, evaluation.advantages) : null,
    // How quick the champion is, and how large, is not measured again.
    champion:
      scores && !isServingMetric(name)
        ? { ...comparison(name, scores.metrics, evaluation.differences), tolerance }
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

/** One-sided, at the gate's confidence. */
export function beatsNaive({ naive, direction }: Judged): boolean {
  if (!naive) return true;
  if (naive.interval === null || naive.difference === null) return false;
  return atWorst(direction, naive.interval) < -ROUNDING;
}

/** One-sided: by how much the candidate may be worse at the gate's confidence. */
export function staysWithChampion({ champion, direction }: Judged): boolean {
  if (!champion) return true;
  if (champion.difference === null || champion.interval === null) return false;
  return atWorst(direction, champion.interval) <= champion.tolerance + ROUNDING;
}

export function worseByMore(direction: Direction, difference: number, tolerance: number): boolean {
  return (direction === 'higher' ? -difference : difference) > tolerance + ROUNDING;
}

/** Returns by how much the candidate may be worse; negative where it is better in any case. */
function atWorst(direction: Direction, [low, high]: readonly [number, number]): number {
  return direction === 'higher' ? -low : high;
}
