import { createHash } from 'node:crypto';
import { inputNames, valueWidth } from '../../../containers/table/inputs';
import type { Encoding, FeatureEncoding, Input } from '../../../containers/table/encoding';
import { linearOnnx } from './onnx';

type Label = Encoding['label'];

/** Weights of an input's answer to each output, by the input's name; without a name, 0. */
export type Weights = Readonly<Record<string, readonly number[]>>;

export function classLabel(name: string, counts: Readonly<Record<string, number>>): Label {
  return { kind: 'class', name, classes: Object.keys(counts), counts: Object.values(counts) };
}

export function numberFeature(name: string, change: object = {}): FeatureEncoding {
  const range = { fill: 0, low: -100, high: 100, min: null, max: null };
  return { name, type: 'number', missing: 'impute', ...range, ...change };
}

export function categoryFeature(
  name: string,
  values: readonly string[],
  change: object = {},
): FeatureEncoding {
  return { name, type: 'category', missing: 'own-value', values, ...change };
}

/** The encoding that `Check data` would fit: fills of 0 unless the feature has one. */
export function encodingOf(
  label: Label,
  features: readonly FeatureEncoding[],
  ignored: readonly string[] = [],
): Encoding {
  return { formatVersion: 1, label, features, inputs: features.flatMap(inputsOf), ignored };
}

function inputsOf(feature: FeatureEncoding): Input[] {
  const fill = 'fill' in feature && feature.type !== 'datetime' ? feature.fill : 0;
  return inputNames(feature).map((name, index): Input => {
    if (feature.type !== 'category') {
      return { kind: 'number', name, fill: index < valueWidth(feature.type) ? fill : 0 };
    }
    const { values, missing } = feature;
    return { kind: 'category', name, values, fill: missing === 'own-value' ? values.length + 1 : 0 };
  });
}

/**
 * Files of a model's folder: softmax of a linear function of the inputs, or that function itself.
 *
 * @param ballast as of `linearOnnx`
 */
export function linearModel(
  encoding: Encoding,
  weights: Weights,
  bias?: readonly number[],
  ballast = 0,
): Record<'model.json' | 'model.onnx', string | Buffer> {
  const { inputs, label } = encoding;
  const outputs = label.kind === 'class' ? label.classes.length : 1;
  const output = label.kind === 'class' ? 'probabilities' : 'value';
  const none = new Array<number>(outputs).fill(0);
  const onnx = linearOnnx(
    inputs.map(({ name }) => weights[name] ?? none),
    bias ?? none,
    output,
    ballast,
  );
  const description = {
    formatVersion: 2,
    algorithm: 'network',
    encoding,
    input: { name: 'inputs', shape: [null, inputs.length], type: 'float32' },
    output: { name: output, shape: [null, outputs], type: 'float32' },
    sha256: { 'model.onnx': createHash('sha256').update(onnx).digest('hex') },
  };
  return { 'model.json': JSON.stringify(description), 'model.onnx': onnx };
}
