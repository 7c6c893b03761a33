import type { Manifest } from './manifest.ts';
import type { Model } from './model.ts';
import { describe, type Prediction } from './predictions.ts';
import type { TestRow } from './test-set.ts';

/** golden.json: requests whose right answers are known, to ask a deployed model. */
export interface Golden {
  readonly instances: readonly Readonly<Record<string, number>>[];
  /** The model's own answers. */
  readonly predictions: readonly Prediction[];
  /** The true classes. */
  readonly labels: readonly string[];
}

const GOLDEN_ROWS = 5;

/** Picks the first few rows it is offered, as many classes among them as it can. */
export class GoldenRows {
  readonly #manifest: Manifest;
  readonly #byClass: TestRow[][];

  constructor(manifest: Manifest) {
    this.#manifest = manifest;
    this.#byClass = manifest.classes.map(() => []);
  }

  offer(rows: readonly TestRow[]): void {
    for (const row of rows) {
      const kept = this.#byClass[row.label]!;
      if (kept.length < GOLDEN_ROWS) kept.push(row);
    }
  }

  async answeredBy(model: Model): Promise<Golden> {
    const { classes, features } = this.#manifest;
    const rows = this.#picked();
    const values = Float32Array.from(rows.flatMap((row) => row.features));
    return {
      instances: rows.map((row) =>
        Object.fromEntries(features.map((name, index) => [name, row.features[index]!])),
      ),
      predictions: describe(model.manifest, await model.predict(values, rows.length)),
      labels: rows.map((row) => classes[row.label]!),
    };
  }

  /** The first row of each class, then the second of each, and so on. */
  #picked(): TestRow[] {
    const rounds = Array.from({ length: GOLDEN_ROWS }, (_, round) =>
      this.#byClass.flatMap((rows) => rows[round] ?? []),
    );
    return rounds.flat().slice(0, GOLDEN_ROWS);
  }
}
