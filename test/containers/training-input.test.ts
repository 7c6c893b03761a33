import { readFileSync } from 'node:fs';
import path from 'node:path';
import { python, temporaryFolders } from './support/program';

const SCHEMA = { label: 'kind', classes: ['a', 'b'], features: ['x', 'y'] };
const GOOD = 'label,x,y\n0,1,2\n1,3,4\n';
const folders = temporaryFolders();

interface Input {
  readonly hyperparameters?: unknown;
  readonly schema?: unknown;
  readonly train?: string;
  readonly validation?: string;
}

/** Runs a training that must fail because of its input; answers with its failure file. */
async function failureOf({ hyperparameters = {}, schema = SCHEMA, train = GOOD, validation = GOOD }: Input) {
  const base = folders.create({
    'input/config/hyperparameters.json': JSON.stringify(hyperparameters),
    'input/data/schema/schema.json': JSON.stringify(schema),
    'input/data/train/shard-00000.csv': train,
    'input/data/validation/shard-00000.csv': validation,
  });
  const { status, complaints } = await python('training/train.py', base).ended;
  const failure = readFileSync(path.join(base, 'output/failure'), 'utf8');
  expect({ status, complaints }).toEqual({ status: 1, complaints: `${failure}\n` });
  return failure;
}

test.each([
  ['epochs', '0', "hyperparameter epochs: '0' is not a whole number from 1 to 10000"],
  ['epochs', '2.5', "hyperparameter epochs: '2.5' is not a whole number from 1 to 10000"],
  ['epochs', 'many', "hyperparameter epochs: 'many' is not"],
  ['epochs', 5, 'hyperparameter epochs: 5 is not a whole number from 1 to 10000 (given as a string)'],
  ['learning_rate', 'nan', "hyperparameter learning_rate: 'nan' is not a number from 1e-07 to 1"],
  ['learning_rate', '2', "hyperparameter learning_rate: '2' is not a number from 1e-07 to 1"],
  ['dropout', '0.95', "hyperparameter dropout: '0.95' is not a number from 0 to 0.9"],
  ['seed', '2147483648', "hyperparameter seed: '2147483648' is not a whole number from 0 to 2147483647"],
  ['hidden_unit', '3', 'hyperparameter "hidden_unit": unknown; known are epochs, batch_size,'],
])('hyperparameter %s = %p is refused', async (name, value, message) => {
  expect(await failureOf({ hyperparameters: { [name]: value } })).toContain(message);
});

test.each<[string, Input, string]>([
  ['a schema without features', { schema: { ...SCHEMA, features: [] } }, 'schema.json: needs "label"'],
  ['no rows to train on', { train: 'label,x,y\n' }, 'channel "train": no rows in 1 CSV files'],
  ['no rows to validate with', { validation: 'label,x,y\n' }, 'channel "validation": no rows'],
  ['another header', { train: 'label,y,x\n0,1,2\n' }, 'the header "label,y,x" is not "label,x,y"'],
  [
    'text for a number',
    { train: 'label,x,y\n0,1,2\n0,z,2\n' },
    'shard-00000.csv, line 3: x "z" is not a finite',
  ],
  ['a missing field', { train: 'label,x,y\n0,1,2\n0,1\n' }, 'line 3: 2 fields; the schema has 3'],
  ['NaN', { train: 'label,x,y\n0,1,nan\n' }, 'line 2: y "nan" is not a finite 32-bit number'],
  [
    'a number over 32 bits',
    { train: 'label,x,y\n0,1,1e39\n' },
    'line 2: y "1e39" is not a finite 32-bit number',
  ],
  ['an unknown class', { train: 'label,x,y\n2,1,2\n' }, 'line 2: label "2" is not a class index from 0 to 1'],
  ['half a class', { train: 'label,x,y\n0.5,1,2\n' }, 'line 2: label "0.5" is not a class index from 0 to 1'],
])('%s in the data is refused', async (_name, input, message) => {
  expect(await failureOf(input)).toContain(message);
});

test('a job without its schema is refused', async () => {
  const base = folders.create({ 'input/config/hyperparameters.json': '{}' });
  const { status, complaints } = await python('training/train.py', base).ended;
  expect(status).toBe(1);
  expect(complaints).toContain('give the job the channel "schema"');
});
