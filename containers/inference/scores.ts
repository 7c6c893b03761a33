import { bootstrap, percentileInterval, type BootstrapSettings, type Resampled } from './bootstrap.ts';
import { wilsonInterval, type Scorer } from './metrics.ts';
import type { Random } from './random.ts';

/** A metric, or the difference between two models in one. Null where it is not defined on this holdout. */
export interface Estimate {
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
}

/** By the metrics' names. */
export type Estimates = Readonly<Record<string, Estimate>>;

const TAIL_OF_95_PERCENT = 0.025;

/** Several models' metrics on the same rows, resampled alike. */
export class Comparison<Name extends string> {
  readonly #scorers: ReadonlyMap<Name, Scorer>;
  readonly #resampled: ReadonlyMap<Name, Resampled>;

  /**
   * @param scorers at least one, all on the same rows
   * @param resamples to draw
   */
  constructor(scorers: Readonly<Partial<Record<Name, Scorer>>>, resamples: number, random: Random) {
    const given = Object.entries(scorers) as [Name, Scorer | undefined][];
    const entries = given.filter((entry): entry is [Name, Scorer] => entry[1] !== undefined);
    const drawn = bootstrap(
      entries.map(([, scorer]) => scorer),
      resamples,
      random,
    );
    this.#scorers = new Map(entries);
    this.#resampled = new Map(entries.map(([name], index) => [name, drawn[index]!]));
  }

  /**
   * Returns a model's metrics with intervals at 95 %: Wilson's for shares of rows (accuracy, recalls, precisions);
   * from the bootstrap for the others, and null where that found no variation, as with an AUC of 1: it says nothing
   * then of rows that are not in the holdout.
   */
  metrics(name: Name): Estimates {
    const scorer = this.#scorers.get(name)!;
    const resampled = this.#resampled.get(name)!;
    return estimates(scorer.names, valuesOnAllRows(scorer), (metric, index) => {
      const share = scorer.shares.get(metric);
      if (share) return wilsonInterval(...share);
      const found = percentileInterval(resampled[index]!, TAIL_OF_95_PERCENT);
      return found && found[0] < found[1] ? found : null;
    });
  }

  /**
   * Returns `name` − `other`; each bound of an interval holds with the confidence, so the two together with
   * 2 × confidence − 1.
   */
  differences(name: Name, other: Name, { confidence }: BootstrapSettings): Estimates {
    const before = valuesOnAllRows(this.#scorers.get(other)!);
    const values = valuesOnAllRows(this.#scorers.get(name)!).map((value, index) => value - before[index]!);
    const [first, second] = [this.#resampled.get(name)!, this.#resampled.get(other)!];
    return estimates(this.#scorers.get(name)!.names, values, (_, index) => {
      const each = first[index]!.map((value, resample) => value - second[index]![resample]!);
      return percentileInterval(each, 1 - confidence) ?? null;
    });
  }
}

function estimates(
  names: readonly string[],
  values: readonly number[],
  interval: (name: string, index: number) => Estimate['interval'],
): Estimates {
  return Object.fromEntries(
    names.map((name, index) => {
      const value = values[index]!;
      const defined = !Number.isNaN(value);
      return [name, { value: defined ? value : null, interval: defined ? interval(name, index) : null }];
    }),
  );
}

function valuesOnAllRows(scorer: Scorer): number[] {
  return scorer.values(new Uint32Array(scorer.rows).fill(1));
}
