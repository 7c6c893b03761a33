import { bootstrap, percentileInterval, type BootstrapSettings, type Resampled } from './bootstrap.ts';
import { wilsonInterval, type Measure } from './metrics.ts';
import type { Random } from './random.ts';

/** A metric, or the difference between two models in one. Null where it is undefined on this holdout. */
export interface Estimate {
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
}

/** Estimates by metric. */
export type Estimates = Readonly<Record<string, Estimate>>;

const TAIL_OF_95_PERCENT = 0.025;

/** Several models' metrics on the same rows and the same resamples. */
export class Comparison<Name extends string> {
  readonly #measures: ReadonlyMap<Name, Measure>;
  readonly #resampled: ReadonlyMap<Name, Resampled>;

  /**
   * Draws the resamples.
   *
   * @param measures at least one, all on the same rows
   * @param resamples to draw
   */
  constructor(measures: Readonly<Partial<Record<Name, Measure>>>, resamples: number, random: Random) {
    const given = Object.entries(measures) as [Name, Measure | undefined][];
    const entries = given.filter((entry): entry is [Name, Measure] => entry[1] !== undefined);
    const drawn = bootstrap(
      entries.map(([, measure]) => measure),
      resamples,
      random,
    );
    this.#measures = new Map(entries);
    this.#resampled = new Map(entries.map(([name], index) => [name, drawn[index]!]));
  }

  /**
   * Returns a model's metrics with intervals at 95 %: Wilson's for shares of rows (accuracy, recalls, precisions); from
   * the bootstrap for the others, and null where it found no variation, as with an AUC of 1: such an interval would say
   * nothing about rows outside the holdout.
   */
  metrics(name: Name): Estimates {
    const measure = this.#measures.get(name)!;
    const resampled = this.#resampled.get(name)!;
    return estimates(measure.names, valuesOnAllRows(measure), (metric, index) => {
      const share = measure.shares.get(metric);
      if (share) return wilsonInterval(...share);
      const found = percentileInterval(resampled[index]!, TAIL_OF_95_PERCENT);
      return found && found[0] < found[1] ? found : null;
    });
  }

  /**
   * Returns `name` − `other`; each bound of an interval holds with the confidence, so both together with 2 × confidence
   * − 1.
   */
  differences(name: Name, other: Name, { confidence }: BootstrapSettings): Estimates {
    const before = valuesOnAllRows(this.#measures.get(other)!);
    const values = valuesOnAllRows(this.#measures.get(name)!).map((value, index) => value - before[index]!);
    const [first, second] = [this.#resampled.get(name)!, this.#resampled.get(other)!];
    return estimates(this.#measures.get(name)!.names, values, (_, index) => {
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

function valuesOnAllRows(measure: Measure): number[] {
  return measure.values(new Uint32Array(measure.rows).fill(1));
}
