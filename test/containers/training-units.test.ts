import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { CONTAINERS } from './support/program';

/** Messages of the exceptions that these expressions raise, in the training program's folder. */
function raised(expressions: Readonly<Record<string, string>>): Record<string, string> {
  const program = `
import json, sys
import numpy as np
from history import History
from verification import compare
found = {}
for name, expression in json.load(sys.stdin).items():
    try:
        eval(expression)
        found[name] = ''
    except Exception as error:
        found[name] = f'{type(error).__name__}: {error}'
print(json.dumps(found))`;
  const output = execFileSync(process.env.PYTHON ?? '/usr/bin/python3', ['-B', '-c', program], {
    cwd: path.join(CONTAINERS, 'training'),
    input: JSON.stringify(expressions),
    encoding: 'utf8',
  });
  return JSON.parse(output) as Record<string, string>;
}

const array = (...rows: readonly (readonly (number | string)[])[]) =>
  `np.array([${rows.map((row) => `[${row.join(', ')}]`).join(', ')}], np.float32)`;
const compare = (found: string, expected: string) => `compare('ONNX Runtime', ${found}, ${expected}, [0, 7])`;

test('an export that differs from the trained model is an error', () => {
  const expected = array([0.25, 0.75], [0.5, 0.5]);
  const messages = raised({
    same: compare(expected, expected),
    rounding: compare(array([0.250002, 0.749998], [0.5, 0.5]), expected),
    other: compare(array([0.25, 0.75], [0.5001, 0.4999]), expected),
    nan: compare(array(['np.nan', 0.75], [0.5, 0.5]), expected),
    shape: compare(array([0.25], [0.5]), expected),
    // Seven digits are what 32 bits have.
    large: compare(array([1_000_001, 0.5], [1, 1]), array([1_000_000, 0], [1, 1])),
  });
  const prefix = 'VerificationError: the exported model does not answer as the trained one: ';
  expect(messages).toEqual({
    same: '',
    rounding: '',
    other: expect.stringMatching(
      new RegExp(
        `^${prefix}to validation row 8, ONNX Runtime answers \\[0\\.5001\\d*, 0\\.4999\\d*\\], .*\\[0\\.5, 0\\.5\\]`,
      ),
    ),
    nan: expect.stringMatching(
      new RegExp(`^${prefix}to validation row 1, ONNX Runtime answers \\[nan, 0\\.75\\]`),
    ),
    shape: `${prefix}ONNX Runtime gives the shape [2, 1], not [2, 2]`,
    large: '',
  });
});

test('a training that diverges reports the step and what to do', () => {
  const add = (loss: string) =>
    `History('epoch', 'lower learning_rate').add({'validation:loss': float('${loss}')})`;
  const message =
    'UserError: training diverged at epoch 1: validation:loss is not finite; lower learning_rate';
  expect(raised({ nan: add('nan'), infinite: add('inf'), finite: add('1e300') })).toEqual({
    nan: message,
    infinite: message,
    finite: '',
  });
});
