import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { log } from '../table/log.ts';
import type { Answers } from './answers.ts';
import { ANSWERS_FILE } from './archive.ts';
import { UserError } from './errors.ts';
import type { Manifest } from './manifest.ts';
import { readNpy } from './npy.ts';

/**
 * Allowed difference between two programs' float32 arithmetic: of a probability, or as a share of the largest answer.
 * An answer near 0 may be the sum of large numbers, so its own size does not bound its rounding.
 */
const TOLERANCE = 1e-5;

/**
 * Checks that ONNX Runtime answers the validation rows as training's own library did, if training stored its answers to
 * the first of them next to the model.
 *
 * @param directory the unpacked model's
 * @throws UserError naming the first row with another answer
 */
export async function verifyExport(directory: string, manifest: Manifest, answers: Answers): Promise<void> {
  const content = await readFile(path.join(directory, ANSWERS_FILE)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
  if (!content) {
    log('INFO', `model.tar.gz holds no ${ANSWERS_FILE}: the export is not verified`);
    return;
  }
  const { rows, columns, values } = readNpy(ANSWERS_FILE, content);
  if (columns !== manifest.outputs || rows > answers.rows) {
    throw new UserError(
      `${ANSWERS_FILE}: has ${rows} rows of ${columns} numbers; the validation split has ${answers.rows} rows, of ` +
        `which the model answers ${manifest.outputs}; evaluate a model with the split that it was trained on`,
    );
  }
  const [served] = answers.outputs;
  const tolerance = TOLERANCE * values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  for (let index = 0; index < values.length; index++) {
    // A comparison with NaN is never within the tolerance.
    if (Math.abs(served![index]! - values[index]!) <= tolerance) continue;
    const row = Math.floor(index / columns);
    const of = (all: Float32Array) => all.subarray(row * columns, (row + 1) * columns).join(', ');
    throw new UserError(
      `model.onnx: training and serving do not compute the same: to row ${row + 1} of the validation split training ` +
        `answered ${of(values)}, ONNX Runtime ${of(served!)}; the largest difference allowed is ${tolerance}`,
    );
  }
  log('INFO', `export verified: ${rows} rows are answered as in training, to ${tolerance}`);
}
