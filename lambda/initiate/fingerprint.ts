import { createHash } from 'node:crypto';
import type { Hyperparameters } from '../../lib/contract/hyperparameters';
import type { SplitsFormat } from '../../lib/contract/model';
import type { PinnedObject } from '../../lib/contract/run';

/** All inputs that determine the trained model. */
export interface RunIngredients {
  readonly data: readonly PinnedObject[];
  /** Content of the schema: the same text in a new version is no change. Null without one. */
  readonly schema: string | null;
  readonly images: Readonly<Record<string, string>>;
  readonly hyperparameters: Hyperparameters;
  /** Form of the splits; undefined: that of the shipped programs. */
  readonly splits?: SplitsFormat;
}

/** Returns 32 hex digits; equal for equal ingredients in any order. */
export function fingerprint({ data, schema, images, hyperparameters, splits }: RunIngredients): string {
  const canonical = JSON.stringify([
    data.map(({ key, versionId }) => [key, versionId]).sort(byFirst),
    schema,
    Object.entries(images).sort(byFirst),
    Object.entries(hyperparameters).sort(byFirst),
    ...(splits ? [Object.entries(splits).sort(byFirst)] : []),
  ]);
  return createHash('sha256').update(canonical).digest('hex').slice(0, 32);
}

function byFirst(a: readonly unknown[], b: readonly unknown[]): number {
  return String(a[0]) < String(b[0]) ? -1 : 1;
}
