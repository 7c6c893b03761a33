import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MODEL_FILE, type ModelFacts } from '../../lib/contract/model';

/**
 * Returns the facts of the model, which the construct puts beside the function's code (Lambda names its folder).
 *
 * @throws Error if the function was deployed without them: a fault of the stack, not of the caller
 */
export function readModelFacts(folder = process.env.LAMBDA_TASK_ROOT): ModelFacts {
  const file = join(folder ?? '.', MODEL_FILE);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ModelFacts;
  } catch (error) {
    throw new Error(
      `${file} cannot be read (${(error as Error).message}); the construct of this function writes it`,
    );
  }
}
