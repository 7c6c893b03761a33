import { readFileSync } from 'node:fs';
import path from 'node:path';
import { layOutMatrices, numberInputs, type Prepared } from './support/matrices';
import { python, temporaryFolders, writeFiles } from './support/program';

const folders = temporaryFolders();
const TABLE: Prepared = {
  label: 'kind',
  classes: ['a', 'b'],
  inputs: [...numberInputs('x'), { kind: 'category', name: 'plan', values: ['basic', 'pro'], fill: 3 }],
  dictionaries: { plan: ['pro', 'basic'] },
  train: [
    [0, 1, 0],
    [1, 2, 1],
  ],
  validation: [[0, 1, NaN]],
};
const NUMBERS: Prepared = { ...TABLE, classes: undefined };
const ENCODING = 'input/data/schema/encoding.json';
const DESCRIPTION = 'input/data/train/shard-00000.json';

interface Input {
  readonly table?: Partial<Prepared>;
  readonly hyperparameters?: Record<string, unknown>;
  /** Other files, after all others are written. */
  readonly files?: Record<string, string>;
}

/** Runs a training that must fail because of its input; answers with its failure file. */
async function failureOf({ table = {}, hyperparameters = {}, files = {} }: Input): Promise<string> {
  const base = folders.create();
  layOutMatrices(base, { ...TABLE, ...table }, hyperparameters);
  writeFiles(base, files);
  const { status, complaints } = await python('training/train.py', base).ended;
  const failure = readFileSync(path.join(base, 'output/failure'), 'utf8');
  expect({ status, complaints }).toEqual({ status: 1, complaints: `${failure}\n` });
  return failure;
}

test.each([
  ['epochs', '-1', "hyperparameter epochs: '-1' is not a whole number from 0 to 10000"],
  ['epochs', '2.5', "hyperparameter epochs: '2.5' is not a whole number from 0 to 10000"],
  ['epochs', 'many', "hyperparameter epochs: 'many' is not"],
  ['epochs', 5, 'hyperparameter epochs: 5 is not a whole number from 0 to 10000 (given as a string)'],
  ['learning_rate', 'nan', "hyperparameter learning_rate: 'nan' is not a number from 1e-07 to 1"],
  ['learning_rate', '2', "hyperparameter learning_rate: '2' is not a number from 1e-07 to 1"],
  ['dropout', '0.95', "hyperparameter dropout: '0.95' is not a number from 0 to 0.9"],
  ['seed', '2147483648', "hyperparameter seed: '2147483648' is not a whole number from 0 to 2147483647"],
  ['algorithm', 'forest', "hyperparameter algorithm: 'forest' is not one of network, trees"],
  ['class_weights', '', "hyperparameter class_weights: '' is not one of none, balanced"],
  ['hidden_unit', '3', 'hyperparameter "hidden_unit": unknown; known are algorithm, class_weights,'],
])('hyperparameter %s = %p is refused', async (name, value, message) => {
  expect(await failureOf({ hyperparameters: { [name]: value } })).toContain(message);
});

test.each<[string, Input, string]>([
  [
    'no rows to train on',
    { table: { train: [] } },
    'channel "train": no rows in 1 shards; give the job more',
  ],
  ['no rows to validate with', { table: { validation: [] } }, 'channel "validation": no rows'],
  [
    'a class without a training row',
    { table: { classes: ['a', 'b', 'c'] } },
    'no training row has the class \'c\' of label "kind"; remove it from "classes"',
  ],
  ['one class', { table: { classes: ['a'] } }, "the label has the classes ['a']; a model needs two or more"],
  ['no inputs', { table: { inputs: [] } }, '"inputs" is empty; a model needs one or more'],
  [
    'weights of classes without classes',
    { table: NUMBERS, hyperparameters: { class_weights: 'balanced' } },
    'class_weights: "balanced" needs classes, and the label "kind" is a number; set it to "none"',
  ],
  [
    'an infinite number',
    {
      table: {
        train: [
          [0, 1, 0],
          [1, Infinity, 0],
        ],
      },
    },
    'shard-00000-0000.npy, row 2: x is inf, not a finite number, or NaN for an empty cell; start a new run',
  ],
  [
    'a category beyond its dictionary',
    {
      table: {
        train: [
          [0, 1, 0],
          [1, 1, 2],
        ],
      },
    },
    "row 2: plan is 2, not an index of its shard's dictionary of 2 values",
  ],
  [
    'a row without a label',
    { table: { train: [[NaN, 1, 0]] } },
    "row 1: kind is nan, not an index of its shard's",
  ],
  ['half a class', { table: { train: [[0.5, 1, 0]] } }, 'row 1: kind is 0.5, not an index'],
  [
    'a label that is no number',
    { table: { ...NUMBERS, train: [[NaN, 1, 0]] } },
    'row 1: kind is nan, not a finite number; start a new run',
  ],
  [
    'a class that the encoding lacks',
    { table: { dictionaries: { ...TABLE.dictionaries, kind: ['a', 'z'] } } },
    'row 2: kind is at index 1 of the dictionary in shard-00000.json, which is not one of the classes "a, b"',
  ],
  [
    'other columns',
    { files: { [DESCRIPTION]: '{"rows": 1, "columns": ["kind", "y"], "parts": [], "dictionaries": {}}' } },
    'shard-00000.json: the columns "kind, y" are not "kind, x, plan", those of encoding.json',
  ],
  [
    'fewer rows than described',
    {
      files: {
        [DESCRIPTION]: '{"rows": 5, "columns": ["kind", "x", "plan"], "parts": [], "dictionaries": {}}',
      },
    },
    'shard-00000.json: its parts hold 0 of 5 rows',
  ],
  [
    'a damaged description',
    { files: { [DESCRIPTION]: '{"rows": 5}' } },
    'shard-00000.json: not a description of a',
  ],
  [
    'a torn matrix',
    { files: { 'input/data/train/shard-00000-0000.npy': '\x93NUMPY' } },
    'shard-00000-0000.npy: not a whole NPY file',
  ],
  [
    'an encoding of later',
    { files: { [ENCODING]: '{"formatVersion": 2}' } },
    'formatVersion is 2; this program reads 1',
  ],
  [
    'half an encoding',
    { files: { [ENCODING]: '{"formatVersion": 1}' } },
    "encoding.json: KeyError('label') where",
  ],
  [
    'trees on two instances',
    {
      hyperparameters: { algorithm: 'trees' },
      files: { 'input/config/resourceconfig.json': '{"current_host": "a", "hosts": ["a", "b"]}' },
    },
    '"trees" trains on one instance, and the job has 2; set training.instanceCount to 1',
  ],
])('%s is refused', async (_name, input, message) => {
  expect(await failureOf(input)).toContain(message);
});

test('a job without its encoding is refused', async () => {
  const base = folders.create({ 'input/config/hyperparameters.json': '{}' });
  const { status, complaints } = await python('training/train.py', base).ended;
  expect(status).toBe(1);
  expect(complaints).toContain('give the job the channel "schema" with an encoding.json');
});
