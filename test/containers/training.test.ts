import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { python, temporaryFolders, writeFiles, type Ended } from './support/program';
import { layOutTraining, preprocess, succeeded, trainExample } from './support/sample';

const folders = temporaryFolders();
/** Steps enough that a signal finds the training under way, and dropout, whose draws must not depend on it. */
const LONG = { epochs: '20', batch_size: '8', dropout: '0.2', checkpoint_seconds: '0.1' };
let prepared: string;

beforeAll(async () => {
  prepared = folders.create();
  await preprocess(prepared, 'breast-cancer');
});

function trainingFolder(hyperparameters: Record<string, string>): string {
  const base = folders.create();
  layOutTraining(base, prepared, hyperparameters);
  return base;
}

const train = (base: string) => python('training/train.py', base);

/** Runs a training and stops it as SageMaker does, once it has got somewhere. */
async function interrupt(base: string, after = /epoch=3\//): Promise<Ended> {
  const program = train(base);
  await program.seen(after);
  return program.stop('SIGTERM');
}

function checkpoints(base: string): string[] {
  return readdirSync(path.join(base, 'checkpoints')).sort();
}

function modelOf(base: string): Record<string, Buffer> {
  const read = (name: string) => readFileSync(path.join(base, 'model', name));
  return { 'model.onnx': read('model.onnx'), 'model.json': read('model.json') };
}

const metric = (text: string, name: string) =>
  Array.from(text.matchAll(new RegExp(`${name}=([-+0-9.eE]+);`, 'g')), (match) => Number(match[1]));

test('a training prints its metrics and leaves a model that says what it is', async () => {
  const base = trainingFolder({ epochs: '5', _tuning_objective_metric: 'validation:accuracy' });
  const { log, stderr } = succeeded(await train(base).ended);
  expect(stderr).toBe('');
  expect(log.split('\n')[4]).toMatch(
    /^epoch=5\/5; train:loss=\S+; validation:loss=\S+; validation:accuracy=\S+; seconds=\d+\.\d\d;$/,
  );
  expect(log.trimEnd().split('\n').at(-1)).toMatch(
    /^final; train:loss=\S+; validation:loss=\S+; validation:acc/,
  );

  const about = JSON.parse(modelOf(base)['model.json']!.toString()) as {
    metrics: Record<string, number>;
    sha256: Record<string, string>;
  };
  expect(about).toMatchObject({
    formatVersion: 1,
    schema: { label: 'diagnosis', classes: ['malignant', 'benign'] },
    input: { name: 'features', shape: [null, 30], type: 'float32' },
    output: { name: 'probabilities', shape: [null, 2], type: 'float32' },
    hyperparameters: { epochs: 5, batch_size: 32, dropout: 0 },
    epochs: { run: 5 },
    versions: { opset: 13 },
  });
  expect(about.sha256['model.onnx']).toBe(
    createHash('sha256').update(modelOf(base)['model.onnx']!).digest('hex'),
  );
  for (const [name, value] of Object.entries(about.metrics)) {
    expect(metric(log, name).at(-1)).toBeCloseTo(value, 5);
  }
  // The exported weights are those of the best epoch, not of the last.
  expect(about.metrics['validation:loss']).toBeCloseTo(Math.min(...metric(log, 'validation:loss')), 5);
});

test('a model of three classes trains, without hidden layers too', async () => {
  const base = folders.create();
  const log = await trainExample(base, 'iris', { hidden_layers: '0', learning_rate: '0.05' });
  expect(metric(log, 'validation:accuracy').at(-1)).toBeGreaterThan(0.9);
  const about = JSON.parse(modelOf(base)['model.json']!.toString()) as object;
  expect(about).toMatchObject({ output: { shape: [null, 3] }, input: { shape: [null, 4] } });
});

test('training stops early when the validation loss has not improved for `patience` epochs', async () => {
  const base = trainingFolder({ epochs: '500', patience: '2', learning_rate: '0.1' });
  succeeded(await train(base).ended);
  const { epochs } = JSON.parse(modelOf(base)['model.json']!.toString()) as {
    epochs: { run: number; best: number };
  };
  expect(epochs.run).toBe(epochs.best + 2);
});

describe('an interrupted training', () => {
  let uninterrupted: Record<string, Buffer>;
  beforeAll(async () => {
    const base = trainingFolder(LONG);
    succeeded(await train(base).ended);
    uninterrupted = modelOf(base);
  });

  test('goes on from its checkpoint, twice, to the same bytes', async () => {
    const base = trainingFolder(LONG);
    const first = await interrupt(base);
    expect(first.status).toBe(143);
    expect(existsSync(path.join(base, 'model/model.onnx'))).toBe(false);
    expect(existsSync(path.join(base, 'output/failure'))).toBe(false);

    const second = await interrupt(base, /resumed[^]*epoch=/);
    expect(second.status).toBe(143);
    expect(second.log).toMatch(/^resumed from checkpoint step-\d+-[0-9a-f]+\.pt at epoch \d+ step \d+\n/);

    const last = succeeded(await train(base).ended);
    expect(last.log).toMatch(/^resumed from checkpoint/);
    expect(modelOf(base)).toEqual(uninterrupted);
    expect(checkpoints(base)).toHaveLength(3);
  });

  test('goes on from an older checkpoint if the newest is torn', async () => {
    const base = trainingFolder(LONG);
    writeFiles(base, { 'input/config/checkpointconfig.json': '{"LocalPath": "/opt/ml/checkpoints"}' });
    await interrupt(base);
    const newest = checkpoints(base).at(-1)!;
    truncateSync(path.join(base, 'checkpoints', newest), 1000);
    const { log } = succeeded(await train(base).ended);
    expect(log).toMatch(new RegExp(`^skipped torn checkpoint ${newest}.*\nresumed from checkpoint`));
    expect(log).not.toContain(`resumed from checkpoint ${newest}`);
    expect(modelOf(base)).toEqual(uninterrupted);
  });

  test('is not continued under other hyperparameters', async () => {
    const base = trainingFolder({ epochs: '2' });
    succeeded(await train(base).ended);
    writeFiles(base, { 'input/config/hyperparameters.json': '{"epochs": "2", "seed": "2"}' });
    const { status, complaints } = await train(base).ended;
    expect(status).toBe(1);
    expect(complaints).toContain('was made with other hyperparameters');
  });
});

test('a training that diverges says at which epoch, and never prints NaN as a metric', async () => {
  const row = (label: number, x: string) => `${label},${x}`;
  const base = folders.create({
    'input/data/schema/schema.json': '{"label": "kind", "classes": ["a", "b"], "features": ["x"]}',
    'input/data/train/a.csv': ['label,x', row(0, '0'), row(1, '1e-9')].join('\n'),
    'input/data/validation/a.csv': ['label,x', row(0, '3e38')].join('\n'),
    'input/config/hyperparameters.json': '{"batch_size": "2"}',
  });
  const { status, log } = await train(base).ended;
  expect(status).toBe(1);
  expect(log).not.toMatch(/nan|inf/i);
  const failure = readFileSync(path.join(base, 'output/failure'), 'utf8');
  expect(failure).toMatch(
    /^training diverged at epoch 1: validation:loss is not finite.* lower learning_rate/,
  );
});
