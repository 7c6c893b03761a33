import type { Answers } from '../../containers/inference/answers';
import { contest } from '../../containers/inference/contest';
import type { Measure } from '../../containers/inference/metrics';
import { readNpy } from '../../containers/inference/npy';
import { describe as describePredictions } from '../../containers/inference/predictions';
import { classLabel, encodingOf, numberFeature } from './support/linear-model';
import { npyOf } from './support/npy';

const FEATURES = [numberFeature('x')];
const encoding = (counts: Record<string, number>) => encodingOf(classLabel('kind', counts), FEATURES);

test('a prediction names the likeliest class, the first of equals, and every probability', () => {
  const manifest = {
    encoding: encoding({ a: 1, b: 1 }),
    inputName: '',
    outputName: '',
    outputs: 2,
    sha256: '',
  };
  expect(describePredictions(manifest, Float32Array.of(0.1, 0.9, 0.5, 0.5))).toEqual([
    { label: 'b', probabilities: { a: 0.1, b: 0.9 } },
    { label: 'a', probabilities: { a: 0.5, b: 0.5 } },
  ]);
});

describe('classes that only one side knows', () => {
  const answers = (classes: string[], labels: number[], ...outputs: number[][]): Answers => ({
    rows: labels.length,
    labels: Float64Array.from(labels),
    classes,
    outputs: outputs.map((output) => Float32Array.from(output)),
  });
  const measured = (measure: Measure) => {
    const values = measure.values(new Uint32Array(measure.rows).fill(1));
    return Object.fromEntries(measure.names.map((name, index) => [name, values[index]]));
  };

  test('of the holdout count as wrong, and have metrics of their own', () => {
    const found = contest(
      answers(['a', 'b', 'new'], [0, 1, 2, 2], [0.75, 0.25, 0.25, 0.75, 0.75, 0.25, 0.5, 0.5]),
      encoding({ a: 3, b: 1 }),
      undefined,
    );
    expect(measured(found.candidate)).toMatchObject({
      accuracy: 0.5,
      balancedAccuracy: 2 / 3,
      'recall:new': 0,
      'precision:a': 1 / 3,
      'precision:new': NaN,
    });
    expect(measured(found.naive)).toMatchObject({ accuracy: 0.25, 'recall:a': 1 });
    expect(found.classes).toEqual({ names: ['a', 'b', 'new'], positive: null, rows: { a: 1, b: 1, new: 2 } });
    expect(found.champion).toBeUndefined();
  });

  test('of the champion are answers that are wrong, without metrics of their own; those it lacks have probability 0', () => {
    const found = contest(
      answers(
        ['a', 'b'],
        [0, 1, 1],
        [0.75, 0.25, 0.25, 0.75, 0.25, 0.75],
        [0.625, 0.375, 0.25, 0.75, 0.75, 0.25],
      ),
      encoding({ a: 3, b: 1 }),
      encoding({ b: 1, c: 1 }),
    );
    const champion = measured(found.champion!);
    expect(Object.keys(champion)).toEqual(Object.keys(measured(found.candidate)));
    expect(Object.keys(champion)).not.toContain('recall:c');
    expect(champion).toMatchObject({ accuracy: 1 / 3, 'recall:a': 0, 'recall:b': 0.5 });
    expect(champion.logLoss).toBeCloseTo(-(Math.log(1e-15) + Math.log(0.25) + Math.log(0.75)) / 3, 6);
  });
});

describe('NPY files', () => {
  const content = npyOf([
    [1, 2, 3],
    [4, 5, 6],
  ]);

  test('are read by columns or rows', () => {
    const matrix = { rows: 2, columns: 3, values: Float32Array.of(1, 2, 3, 4, 5, 6) };
    expect(readNpy('a.npy', content)).toEqual(matrix);
    const byRows = Buffer.from(
      content.toString('latin1').replace('True,', 'False,').replace(' \n', '\n'),
      'latin1',
    );
    expect(readNpy('a.npy', byRows).values).toEqual(Float32Array.of(1, 4, 2, 5, 3, 6));
  });

  test.each<[string, Buffer, string]>([
    ['no NPY file', Buffer.from('label\n'), "a.npy: not a file in NumPy's NPY format"],
    [
      'doubles',
      Buffer.from(content.toString('latin1').replace('<f4', '<f8'), 'latin1'),
      'not a matrix of float32',
    ],
    ['a cut file', content.subarray(0, -1), '23 bytes of data are not a matrix of 2 × 3'],
  ])('that are %s are refused', (_name, file, message) => {
    expect(() => readNpy('a.npy', file)).toThrow(message);
  });
});
