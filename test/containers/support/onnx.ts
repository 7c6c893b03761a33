/** ONNX files of linear models, written without ONNX's own library: protocol buffers of the few messages needed. */

const FLOAT = 1;
const IR_VERSION = 8;
const OPSET = 13;

type Field = Buffer | string | number;

/** A message's fields by number, in the form of protocol buffers. */
function message(...fields: readonly [number: number, value: Field][]): Buffer {
  return Buffer.concat(
    fields.map(([number, value]) => {
      if (typeof value === 'number') return Buffer.concat([varint(number << 3), varint(value)]);
      const bytes = Buffer.from(value as string);
      return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
    }),
  );
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push(value % 128 | 128);
  return Buffer.from([...bytes, value]);
}

/**
 * Softmax of a linear function of `inputs`, named `probabilities`, or without softmax, named `value`.
 *
 * @param ballast width of a layer whose answer is 0: at 2,048, 4,000 rows take about a second
 */
export function linearOnnx(
  weights: readonly (readonly number[])[],
  bias: readonly number[],
  output: 'probabilities' | 'value',
  ballast = 0,
): Buffer {
  const sum = output === 'value' ? output : 'sum';
  const zeros = (rows: number, columns: number) => new Array<number>(rows * columns).fill(0);
  const nodes = [
    node('MatMul', ['inputs', 'weights'], 'product'),
    ...(ballast > 0
      ? [
          node('MatMul', ['inputs', 'first'], 'hidden'),
          node('MatMul', ['hidden', 'second'], 'wide'),
          node('MatMul', ['wide', 'third'], 'nothing'),
          node('Add', ['nothing', 'bias'], 'offset'),
          node('Add', ['product', 'offset'], sum),
        ]
      : [node('Add', ['product', 'bias'], sum)]),
    ...(output === 'probabilities' ? [node('Softmax', ['sum'], output)] : []),
  ];
  const layers: [string, number, number][] = [
    ['first', weights.length, ballast],
    ['second', ballast, ballast],
    ['third', ballast, bias.length],
  ];
  const graph = message(
    ...nodes.map((one): [number, Field] => [1, one]),
    [2, 'linear'],
    [5, tensor('weights', [weights.length, bias.length], weights.flat())],
    [5, tensor('bias', [bias.length], bias)],
    ...(ballast > 0 ? layers : []).map(([name, rows, columns]): [number, Field] => [
      5,
      tensor(name, [rows, columns], zeros(rows, columns)),
    ]),
    [11, matrix('inputs', weights.length)],
    [12, matrix(output, bias.length)],
  );
  return message([1, IR_VERSION], [7, graph], [8, message([1, ''], [2, OPSET])]);
}

function node(operator: string, inputs: readonly string[], output: string): Buffer {
  return message(...inputs.map((name): [number, Field] => [1, name]), [2, output], [4, operator]);
}

function tensor(name: string, shape: readonly number[], values: readonly number[]): Buffer {
  const raw = Buffer.from(Float32Array.from(values).buffer);
  return message(...shape.map((size): [number, Field] => [1, size]), [2, FLOAT], [8, name], [9, raw]);
}

function matrix(name: string, columns: number): Buffer {
  const shape = message([1, message([2, 'batch'])], [1, message([1, columns])]);
  return message([1, name], [2, message([1, message([1, FLOAT], [2, shape])])]);
}
