import path from 'node:path';
import { copy, EXAMPLES, python, writeFiles, type Ended } from './program';

export type Example = 'breast-cancer' | 'iris';

const FRACTIONS = { VALIDATION_FRACTION: '0.2', TEST_FRACTION: '0.2' };

/** Makes `base` a processing job's folder with an example's data in one shard. */
export function layOutExample(base: string, example: Example): void {
  copy(path.join(EXAMPLES, example, 'data'), path.join(base, 'processing/input/data'));
  copy(path.join(EXAMPLES, example, 'schema.json'), path.join(base, 'processing/input/schema/schema.json'));
}

/** Preprocesses an example in `base` as one shard. */
export async function preprocess(base: string, example: Example): Promise<void> {
  layOutExample(base, example);
  succeeded(await python('preprocessing/preprocess.py', base, { SHARD_INDEX: '0', ...FRACTIONS }).ended);
}

/** Makes `base` a training job's folder, with the data that {@link preprocess} left in `prepared`. */
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

/** Preprocesses an example and trains on it, all in `base`; answers with what the training printed. */
export async function trainExample(
  base: string,
  example: Example,
  hyperparameters: Record<string, string> = {},
): Promise<string> {
  await preprocess(base, example);
  layOutTraining(base, base, hyperparameters);
  return succeeded(await python('training/train.py', base).ended).log;
}

export function succeeded(ended: Ended): Ended {
  if (ended.status !== 0) throw new Error(`ended with status ${ended.status}: ${ended.log}${ended.stderr}`);
  return ended;
}
