import path from 'node:path';
import { copy, EXAMPLES, writeFiles, type Ended } from './program';

export type Example = 'breast-cancer' | 'iris';

/** Makes `base` a processing job's folder with an example's data in one shard. */
export function layOutExample(base: string, example: Example): void {
  copy(path.join(EXAMPLES, example, 'data'), path.join(base, 'processing/input/data'));
  copy(path.join(EXAMPLES, example, 'schema.json'), path.join(base, 'processing/input/schema/schema.json'));
}

/** Makes `base` a training job's folder, with the data that preprocessing left in `prepared`. */
export function layOutTraining(
  base: string,
  prepared: string,
  hyperparameters: Record<string, string>,
): void {
  for (const split of ['train', 'validation']) {
    copy(path.join(prepared, 'processing/output', split), path.join(base, 'input/data', split));
  }
  copy(path.join(prepared, 'processing/input/schema'), path.join(base, 'input/data/schema'));
  writeFiles(base, { 'input/config/hyperparameters.json': JSON.stringify(hyperparameters) });
}

export function succeeded(ended: Ended): Ended {
  if (ended.status !== 0) throw new Error(`ended with status ${ended.status}: ${ended.log}${ended.stderr}`);
  return ended;
}
