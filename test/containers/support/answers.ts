import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readNpy } from './matrices';
import { ROOT } from './program';

/** In a process of its own: ONNX Runtime refuses the typed arrays of Jest's sandbox. */
const PROGRAM = `
const { InferenceSession, Tensor } = require('onnxruntime-node');
const { file, output, rows } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
(async () => {
  const session = await InferenceSession.create(file);
  const inputs = new Tensor('float32', Float32Array.from(rows.flat()), [rows.length, rows[0].length]);
  const { data, dims } = (await session.run({ inputs }))[output];
  const answers = rows.map((_, row) => [...data.subarray(row * dims[1], (row + 1) * dims[1])]);
  console.log(JSON.stringify(answers));
})();`;

/** Returns the exported model's outputs by row, from ONNX Runtime, as it is served. */
export function answersOf(base: string, rows: readonly (readonly number[])[]): number[][] {
  const { name } = aboutModel(base).output;
  const input = JSON.stringify({ file: path.join(base, 'model/model.onnx'), output: name, rows });
  return JSON.parse(
    execFileSync(process.execPath, ['-e', PROGRAM], {
      input,
      cwd: ROOT,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    }),
  ) as number[][];
}

/** Returns the library's own answers, which are stored with the model. */
export function libraryAnswers(base: string): number[][] {
  const { shape, values } = readNpy(path.join(base, 'model/validation-answers.npy'));
  const [rows, outputs] = shape as [number, number];
  return Array.from({ length: rows }, (_, row) => [...values.subarray(row * outputs, (row + 1) * outputs)]);
}

export interface AboutModel {
  readonly metrics: Record<string, number>;
  readonly sha256: Record<string, string>;
  readonly output: { readonly name: string };
  readonly epochs?: { readonly run: number; readonly best: number };
  readonly rounds?: { readonly run: number; readonly best: number };
}

export function aboutModel(base: string): AboutModel {
  return JSON.parse(readFileSync(path.join(base, 'model/model.json'), 'utf8')) as AboutModel;
}
