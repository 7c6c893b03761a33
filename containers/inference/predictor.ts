import { parentPort, Worker, workerData } from 'node:worker_threads';
import { UserError } from './errors.ts';
import type { Manifest } from './manifest.ts';
import { loadModel } from './model.ts';

/**
 * A model in a thread of its own, because onnxruntime blocks the thread that calls it: this one stays free to
 * accept connections and to answer `/ping`.
 */
export interface Predictor {
  readonly manifest: Manifest;
  /** As `Model.predict`, one call after the other. `inputs` is handed over and cannot be used afterwards. */
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
 * @param threadFile the file that calls {@link runPredictionThread}.
 * @throws UserError if the model cannot be used.
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

  // The thread reports what it foresees as messages. Past those, the process has nothing left to serve with:
  // without a listener for 'error', Node ends it.
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

/** The thread's side: loads the model, says so, and answers requests in their order. */
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
