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
