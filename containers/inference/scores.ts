import { bootstrap, percentileInterval, type BootstrapSettings, type Resampled } from './bootstrap.ts';
import { metricNames, wilsonInterval, type Scorer } from './metrics.ts';
import type { Random } from './random.ts';

/** A metric, or the difference between two models in one. Null where it is not defined on this holdout. */
export interface Estimate {
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
}

/** By the names of `metricNames`. */
export type Estimates = Readonly<Record<string, Estimate>>;

export interface Scores {
  /**
   * Intervals at 95 %: Wilson's for accuracy and recalls; from the bootstrap for the others, and null where that
   * found no variation, as with an AUC of 1: it says nothing then of rows that are not in the holdout.
   */
  readonly metrics: Estimates;
  /** confusion[true class][predicted class] in rows. */
  readonly confusion: readonly (readonly number[])[];
}

export interface Comparison {
  readonly candidate: Scores;
  readonly champion: Scores | null;
  /**
   * Candidate − champion; each bound of an interval holds with the settings' confidence, so the two together with
   * 2 × confidence − 1. Null without a champion.
   */
  readonly differences: Estimates | null;
}

const TAIL_OF_95_PERCENT = 0.025;

/** @param champion on the same rows as the candidate */
export function compare(
  classes: readonly string[],
  candidate: Scorer,
  champion: Scorer | undefined,
  settings: BootstrapSettings,
  random: Random,
): Comparison {
  const scorers = champion ? [candidate, champion] : [candidate];
  const [ofCandidate, ofChampion] = bootstrap(scorers, settings.resamples, random);
  return {
    candidate: scores(classes, candidate, ofCandidate!),
    champion: champion ? scores(classes, champion, ofChampion!) : null,
    differences: champion
      ? differences(classes, [candidate, champion], [ofCandidate!, ofChampion!], 1 - settings.confidence)
      : null,
  };
}

function scores(classes: readonly string[], scorer: Scorer, resampled: Resampled): Scores {
  const confusion = scorer.confusion();
  const right = confusion.map((row, index) => row[index]!);
  const actual = confusion.map(sum);
  const values = valuesOnAllRows(scorer);
  const interval = (name: string, index: number): Estimate['interval'] => {
    if (Number.isNaN(values[index])) return null;
    if (name === 'accuracy') return wilsonInterval(sum(right), sum(actual));
    const ofClass = index - (values.length - classes.length);
    if (ofClass >= 0) return wilsonInterval(right[ofClass]!, actual[ofClass]!);
    const found = percentileInterval(resampled[index]!, TAIL_OF_95_PERCENT);
    return found && found[0] < found[1] ? found : null;
  };
  return { metrics: estimates(classes, values, interval), confusion };
}

function differences(
  classes: readonly string[],
  [candidate, champion]: readonly [Scorer, Scorer],
  [ofCandidate, ofChampion]: readonly [Resampled, Resampled],
  tail: number,
): Estimates {
  const before = valuesOnAllRows(champion);
  const values = valuesOnAllRows(candidate).map((value, index) => value - before[index]!);
  return estimates(classes, values, (_, index) => {
    const each = ofCandidate[index]!.map((value, resample) => value - ofChampion[index]![resample]!);
    return percentileInterval(each, tail) ?? null;
  });
}

function estimates(
  classes: readonly string[],
  values: readonly number[],
  interval: (name: string, index: number) => Estimate['interval'],
): Estimates {
  return Object.fromEntries(
    metricNames(classes).map((name, index) => {
      const value = values[index]!;
      return [name, { value: Number.isNaN(value) ? null : value, interval: interval(name, index) }];
    }),
  );
}

function valuesOnAllRows(scorer: Scorer): number[] {
  return scorer.values(new Uint32Array(scorer.rows).fill(1));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
