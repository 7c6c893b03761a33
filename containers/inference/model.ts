import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { UserError } from './errors.ts';
import { loadManifest, type Manifest } from './manifest.ts';

/** A loaded model. */
export interface Model {
  readonly manifest: Manifest;
  /**
   * Probabilities, float32 [rows, classes] in row-major order, for features, float32 [rows, features].
   * Blocks the calling thread for as long as the model computes.
   */
  predict(features: Float32Array, rows: number): Promise<Float32Array>;
}

/**
 * Loads the model in `directory`.
 *
 * @throws UserError if it is missing, damaged, or does not fit its model.json.
 */
export async function loadModel(directory: string): Promise<Model> {
  const manifest = await loadManifest(directory);
  const { features, classes, inputName, outputName } = manifest;
  const session = await openSession(path.join(directory, 'model.onnx'));
  if (!session.inputNames.includes(inputName) || !session.outputNames.includes(outputName)) {
    throw new UserError(
      `model.onnx: has the inputs ${session.inputNames} and outputs ${session.outputNames}; model.json says ` +
        `${inputName} and ${outputName}`,
    );
  }

  const model: Model = {
    manifest,
    async predict(values, rows) {
      const input = new Tensor('float32', values, [rows, features.length]);
      const output = (await session.run({ [inputName]: input }, [outputName]))[outputName];
      if (output?.type !== 'float32' || output.size !== rows * classes.length) {
        throw new UserError(
          `model.onnx: ${outputName} is ${output?.type} [${output?.dims}] for ${rows} rows; model.json says ` +
            `float32 [rows, ${classes.length}]`,
        );
      }
      return output.data as Float32Array;
    },
  };
  await warmUp(model);
  return model;
}

async function openSession(file: string): Promise<InferenceSession> {
  try {
    // One thread a session: the processes beside this one use the other cores.
    return await InferenceSession.create(await readFile(file), {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
    });
  } catch (error) {
    throw new UserError(`model.onnx: cannot be loaded (${(error as Error).message})`);
  }
}

/** A first prediction allocates memory and shows whether the shapes fit, before anyone waits for it. */
async function warmUp(model: Model): Promise<void> {
  try {
    await model.predict(new Float32Array(model.manifest.features.length), 1);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`model.onnx: does not take the features of model.json (${(error as Error).message})`);
  }
}
