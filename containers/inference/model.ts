import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { UserError } from './errors.ts';
import { loadManifest, type Manifest } from './manifest.ts';

/** A loaded model. */
export interface Model {
  readonly manifest: Manifest;
  /**
   * Returns probabilities, float32 [rows, classes] in row-major order, or values, float32 [rows, 1], for inputs,
   * float32 [rows, inputs]. Blocks the calling thread for as long as the model computes.
   */
  predict(inputs: Float32Array, rows: number): Promise<Float32Array>;
}

/**
 * Loads the model in `directory`.
 *
 * @param threads for its computation; one in a server, where other processes use the other cores
 * @throws UserError if it is missing, damaged, or does not match its model.json
 */
export async function loadModel(directory: string, threads = 1): Promise<Model> {
  const manifest = await loadManifest(directory);
  const { encoding, inputName, outputName, outputs } = manifest;
  const width = encoding.inputs.length;
  const session = await openSession(path.join(directory, 'model.onnx'), threads);
  if (!session.inputNames.includes(inputName) || !session.outputNames.includes(outputName)) {
    throw new UserError(
      `model.onnx: has the inputs ${session.inputNames} and outputs ${session.outputNames}; model.json says ` +
        `${inputName} and ${outputName}`,
    );
  }

  const model: Model = {
    manifest,
    async predict(values, rows) {
      const input = new Tensor('float32', values, [rows, width]);
      const output = (await session.run({ [inputName]: input }, [outputName]))[outputName];
      if (output?.type !== 'float32' || output.size !== rows * outputs) {
        throw new UserError(
          `model.onnx: ${outputName} is ${output?.type} [${output?.dims}] for ${rows} rows; model.json says ` +
            `float32 [rows, ${outputs}]`,
        );
      }
      return output.data as Float32Array;
    },
  };
  await warmUp(model);
  return model;
}

async function openSession(file: string, threads: number): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(await readFile(file), {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
    });
  } catch (error) {
    throw new UserError(`model.onnx: cannot be loaded (${(error as Error).message})`);
  }
}

/** Makes a first prediction: it allocates memory and checks the shapes before the first request. */
async function warmUp(model: Model): Promise<void> {
  try {
    await model.predict(new Float32Array(model.manifest.encoding.inputs.length), 1);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`model.onnx: does not take the inputs of model.json (${(error as Error).message})`);
  }
}
