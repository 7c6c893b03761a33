import { inputsOf } from '../../../lambda/list-inputs/inputs';

const at = (key: string, minute: number) => ({ key, modified: new Date(minute * 60_000) });

const OBJECTS = [
  at('batch/new.csv', 5),
  at('batch/done.csv', 1),
  at('batch/done.csv.out', 2),
  at('batch/changed.csv', 3),
  at('batch/changed.csv.out', 2),
  at('batch/notes.txt', 1),
  at('batch/folder/', 1),
];

test('a new model predicts every input again, but neither results nor other files', () => {
  expect(inputsOf(OBJECTS, true)).toEqual(['batch/new.csv', 'batch/done.csv', 'batch/changed.csv']);
});

test('the same model predicts what has no result, or an older one', () => {
  expect(inputsOf(OBJECTS, false)).toEqual(['batch/new.csv', 'batch/changed.csv']);
});

// SageMaker's documentation leaves open where it writes the result of an input in a subfolder.
test.each(['batch/day/a.csv.out', 'batch/a.csv.out', 'batch/batch/a.csv.out'])(
  'the result %s is that of an input in a subfolder',
  (result) => {
    const input = at('batch/day/a.csv', 1);
    expect(inputsOf([input, at(result, 2)], false)).toEqual([]);
    expect(inputsOf([input, at(result, 0)], false)).toEqual(['batch/day/a.csv']);
  },
);

test('two inputs with one name are refused, also if one has a result', () => {
  const objects = [at('batch/a.csv', 1), at('batch/a.csv.out', 2), at('batch/day/a.csv', 1)];
  expect(() => inputsOf(objects, false)).toThrow(
    expect.objectContaining({
      name: 'InvalidData',
      message: expect.stringContaining('batch/a.csv and batch/day/a.csv have one name') as string,
    }),
  );
});
