import { parentPort, Worker, workerData } from 'node:worker_threads';
import { UserError } from './errors.ts';
import type { Manifest } from './manifest.ts';
import { loadModel } from './model.ts';

/**
 * A model in a separate thread: onnxruntime blocks the calling thread, while this one must accept connections and
 * answer `/ping`.
 */
export interface Predictor {
  readonly manifest: Manifest;
  /** Predicts as `Model.predict`, one call after the other. Takes ownership of `inputs`, which cannot be used afterwards. */
  predict(inputs: Float32Array, rows: number): Promise<Float32Array>;
}

interface Request {
  readonly id: number;
  readonly inputs: Float32Array;
  readonly rows: number;
}

interface Waiting {
  readonly resolve: (output: Float32Array) => void;
  readonly reject: (error: unknown) => void;
}

type Answer =
  | { readonly kind: 'loaded'; readonly manifest: Manifest }
  | { readonly kind: 'unusable'; readonly message: string }
  | { readonly kind: 'predicted'; readonly id: number; readonly output: Float32Array }
  | { readonly kind: 'failed'; readonly id: number; readonly error: unknown };

/**
 * Starts the thread.
 *
 * @param threadFile the file that calls {@link runPredictionThread}
 * @throws UserError if the model cannot be used
 */
export function startPredictor(threadFile: string, modelDirectory: string): Promise<Predictor> {
  const thread = new Worker(threadFile, { workerData: modelDirectory });
  const waiting = new Map<number, Waiting>();
  let lastId = 0;

  function predict(inputs: Float32Array, rows: number): Promise<Float32Array> {
    const request: Request = { id: ++lastId, inputs, rows };
    return new Promise((resolve, reject) => {
      waiting.set(request.id, { resolve, reject });
      thread.postMessage(request, [inputs.buffer as ArrayBuffer]);
    });
  }

  function take(id: number): Waiting {
    const pending = waiting.get(id)!;
    waiting.delete(id);
    return pending;
  }

  // The thread reports known errors as messages. After any other error the process cannot serve: without a listener for
  // 'error', Node ends it.
  return new Promise((resolve, reject) => {
    thread.on('message', (answer: Answer) => {
      switch (answer.kind) {
        case 'loaded':
          return resolve({ manifest: answer.manifest, predict });
        case 'unusable':
          return reject(new UserError(answer.message));
        case 'predicted':
          return take(answer.id).resolve(answer.output);
        case 'failed':
          return take(answer.id).reject(answer.error);
      }
    });
  });
}

/** Runs the thread: loads the model, reports that it is loaded, and answers requests in their order. */
export async function runPredictionThread(): Promise<void> {
  const port = parentPort!;
  const send = (answer: Answer) => port.postMessage(answer);
  try {
    const model = await loadModel(workerData as string);
    port.on('message', ({ id, inputs, rows }: Request) => {
      model.predict(inputs, rows).then(
        (output) => send({ kind: 'predicted', id, output }),
        (error: unknown) => send({ kind: 'failed', id, error }),
      );
    });
    send({ kind: 'loaded', manifest: model.manifest });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    send({ kind: 'unusable', message: error.message });
  }
}
