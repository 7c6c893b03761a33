import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { aboutModel, answersOf, libraryAnswers } from './support/answers';
import { exampleTable, layOutMatrices, numberInputs, type Prepared } from './support/matrices';
import { python, temporaryFolders, writeFiles, type Ended, type Program } from './support/program';
import { succeeded } from './support/sample';
import { houseInputs, houses, rareClass } from './support/tables';

const folders = temporaryFolders();

type Hyperparameters = Record<string, string>;

function trainingFolder(table: Prepared, hyperparameters: Hyperparameters): string {
  const base = folders.create();
  layOutMatrices(base, table, hyperparameters);
  return base;
}

const train = (base: string, env?: Record<string, string>): Program => python('training/train.py', base, env);

async function trained(table: Prepared, hyperparameters: Hyperparameters) {
  const base = trainingFolder(table, hyperparameters);
  return { base, ...succeeded(await train(base).ended) };
}

function checkpoints(base: string): string[] {
  return readdirSync(path.join(base, 'checkpoints')).sort();
}

/** Content by name, whole. */
function modelOf(base: string): Record<string, string> {
  const folder = path.join(base, 'model');
  const digest = (name: string) =>
    createHash('sha256')
      .update(readFileSync(path.join(folder, name)))
      .digest('hex');
  return Object.fromEntries(readdirSync(folder).map((name) => [name, digest(name)]));
}

const metric = (text: string, name: string) =>
  Array.from(text.matchAll(new RegExp(`${name}=([-+0-9.eE]+);`, 'g')), (match) => Number(match[1]));

/** The greatest difference between ONNX Runtime's answers and the library's, on the validation rows. */
function disagreement(base: string, rows: readonly (readonly number[])[]): number {
  const expected = libraryAnswers(base);
  const found = answersOf(base, rows);
  expect(expected).toHaveLength(rows.length);
  const scale = Math.max(1, ...expected.flat().map(Math.abs));
  return (
    Math.max(...found.flatMap((row, at) => row.map((value, k) => Math.abs(value - expected[at]![k]!)))) /
    scale
  );
}

describe.each([
  ['network', /^epoch=\d+\/5; /, { epochs: '5' }],
  ['trees', /^round=\d+\/20; /, { rounds: '20' }],
])('a classifier: %s', (algorithm, line, short) => {
  const table = exampleTable('breast-cancer');

  test('prints its metrics and writes a model with its metadata', async () => {
    const { base, log, stderr } = await trained(table, {
      algorithm,
      ...short,
      _tuning_objective_metric: 'validation:accuracy',
    });
    expect(stderr).toBe('');
    const lines = log.trimEnd().split('\n');
    expect(lines.some((text) => /^427 training rows, 30 inputs, 2 classes; .* take/.test(text))).toBe(true);
    expect(lines.filter((text) => line.test(text)).at(-1)).toMatch(
      /train:loss=\S+; validation:loss=\S+; validation:accuracy=\S+;/,
    );
    expect(lines.at(-1)).toMatch(
      /^final; train:loss=\S+; validation:loss=\S+; validation:accuracy=0\.9\d+;$/,
    );

    const about = aboutModel(base);
    expect(about).toMatchObject({
      formatVersion: 2,
      algorithm,
      encoding: { label: { kind: 'class', name: 'diagnosis', classes: ['benign', 'malignant'] } },
      input: { name: 'inputs', shape: [null, 30], type: 'float32' },
      output: { name: 'probabilities', shape: [null, 2], type: 'float32' },
      hyperparameters: { algorithm, batch_size: 32, threads: 1, seed: 1 },
      versions: { opset: 13 },
    });
    expect(about.sha256).toEqual({ 'model.onnx': modelOf(base)['model.onnx'] });
    for (const [name, value] of Object.entries(about.metrics)) {
      expect(metric(log, name).at(-1)).toBeCloseTo(value, 5);
    }
    expect(
      disagreement(
        base,
        table.validation.map((row) => row.slice(1)),
      ),
    ).toBeLessThan(1e-5);
  });
});

test.each(['network', 'trees'])('three classes train: %s', async (algorithm) => {
  const table = exampleTable('iris');
  const { base, log } = await trained(table, { algorithm, hidden_layers: '0', learning_rate: '0.05' });
  expect(metric(log, 'validation:accuracy').at(-1)).toBeGreaterThan(0.9);
  expect(aboutModel(base)).toMatchObject({ output: { shape: [null, 3] }, input: { shape: [null, 4] } });
  expect(
    disagreement(
      base,
      table.validation.map((row) => row.slice(1)),
    ),
  ).toBeLessThan(1e-5);
});

test.each(['network', 'trees'])(
  'numbers are predicted from categories and blanks too: %s',
  async (algorithm) => {
    const table = houses();
    const { base, log } = await trained(table, { algorithm });
    // Labels spread by 118,000 from their mean; an empty cell of `size` alone costs that much.
    expect(metric(log, 'validation:rmse').at(-1)).toBeLessThan(60_000);
    expect(aboutModel(base)).toMatchObject({ output: { name: 'value', shape: [null, 1], type: 'float32' } });
    expect(disagreement(base, table.validation.map(houseInputs))).toBeLessThan(1e-5);
  },
);

test('of a value that training did not know, the network takes the mean of those it knew', async () => {
  const table = houses();
  const { base } = await trained(table, { hidden_layers: '0', epochs: '5', patience: '0' });
  const rows = table.train.map(houseInputs);
  for (const [column, other] of [
    [2, 3],
    [3, 40],
  ] as const) {
    const known = rows.filter((row) => row[column] !== other);
    const cells = [100, 50, 0, 0];
    const expected = answersOf(
      base,
      known.map((row) => cells.with(column, row[column]!)),
    ).flat();
    const [[value]] = answersOf(base, [cells.with(column, other)]) as [[number]];
    if (known.length === rows.length)
      expect(value / (expected.reduce((sum, one) => sum + one) / expected.length)).toBeCloseTo(1, 4);
    expect(value).toBeGreaterThan(Math.min(...expected));
    expect(value).toBeLessThan(Math.max(...expected));
  }
});

test.each([
  ['network', 'none', 0.1],
  ['network', 'balanced', 0.5],
  ['trees', 'none', 0.1],
  ['trees', 'balanced', 0.5],
])('%s: class weights %s give a class of 10 %% the probability %d', async (algorithm, weights, expected) => {
  const settings = {
    algorithm,
    class_weights: weights,
    epochs: '5',
    rounds: '5',
    tree_learning_rate: '0.01',
  };
  const { base } = await trained(rareClass(), settings);
  const of = libraryAnswers(base).map(([, ill]) => ill!);
  expect(of.reduce((sum, one) => sum + one) / of.length).toBeCloseTo(expected, 0.9);
});

test.each([
  ['network', { epochs: '500', patience: '2', learning_rate: '0.1' }, 'epochs', 2],
  ['trees', { rounds: '500', rounds_patience: '3', tree_learning_rate: '0.5' }, 'rounds', 3],
] as const)(
  '%s: training stops early when the validation loss stops falling',
  async (algorithm, set, unit, waits) => {
    const { base } = await trained(exampleTable('breast-cancer'), { algorithm, ...set });
    const { run, best } = aboutModel(base)[unit]!;
    expect(run).toBe(best + waits);
  },
);

describe.each([
  // Steps enough that a signal finds the training under way, and dropout, whose draws must not depend on it.
  [
    'network',
    { epochs: '20', patience: '0', batch_size: '8', dropout: '0.2', checkpoint_seconds: '0.1' },
    /epoch=3\//,
  ],
  // A checkpoint after each round: the signal finds one before its own.
  ['trees', { rounds: '300', rounds_patience: '0', checkpoint_seconds: '0' }, /round=/],
] as const)('an interrupted training: %s', (algorithm, set, under) => {
  const settings = { algorithm, ...set };
  const table = algorithm === 'trees' ? houses() : exampleTable('breast-cancer');
  let uninterrupted: Record<string, string>;
  beforeAll(async () => {
    uninterrupted = modelOf((await trained(table, settings)).base);
  });

  /** Stops a training as SageMaker does, once it has made progress. */
  async function interrupt(base: string, after: RegExp = under): Promise<Ended> {
    const program = train(base);
    await program.seen(after);
    return program.stop('SIGTERM');
  }

  test('resumes from its checkpoint twice, with the same bytes', async () => {
    const base = trainingFolder(table, settings);
    const first = await interrupt(base);
    expect(first.status).toBe(143);
    expect(existsSync(path.join(base, 'model/model.onnx'))).toBe(false);
    expect(existsSync(path.join(base, 'output/failure'))).toBe(false);

    const second = await interrupt(base, /resumed from/);
    expect(second.status).toBe(143);
    expect(second.log).toMatch(
      /^resumed from checkpoint step-\d+-[0-9a-f]+\.checkpoint at (epoch \d+ step|round) \d+\n/,
    );

    const last = succeeded(await train(base).ended);
    expect(last.log).toMatch(/^resumed from checkpoint/);
    expect(modelOf(base)).toEqual(uninterrupted);
    expect(checkpoints(base)).toHaveLength(3);
  });

  test('resumes from an older checkpoint if the newest is incomplete', async () => {
    const base = trainingFolder(table, settings);
    writeFiles(base, { 'input/config/checkpointconfig.json': '{"LocalPath": "/opt/ml/checkpoints"}' });
    await interrupt(base);
    const newest = checkpoints(base).at(-1)!;
    truncateSync(path.join(base, 'checkpoints', newest), 1000);
    const { log } = succeeded(await train(base).ended);
    expect(log).toMatch(new RegExp(`^skipped torn checkpoint ${newest}.*\nresumed from checkpoint`));
    expect(log).not.toContain(`resumed from checkpoint ${newest}`);
    expect(modelOf(base)).toEqual(uninterrupted);
  });
});

test.each<[string, Hyperparameters, Hyperparameters]>([
  ['another seed', { epochs: '2' }, { epochs: '2', seed: '2' }],
  ['another algorithm', { epochs: '2' }, { epochs: '2', algorithm: 'trees', rounds: '2' }],
])('a checkpoint is not continued with %s', async (_, before, after) => {
  const { base } = await trained(exampleTable('iris'), before);
  writeFiles(base, { 'input/config/hyperparameters.json': JSON.stringify(after) });
  const { status, complaints } = await train(base).ended;
  expect(status).toBe(1);
  expect(complaints).toContain('was made with another algorithm, other hyperparameters');
});

test.each(['network', 'trees'])('the smallest table trains: %s', async (algorithm) => {
  // One row, a column without a value, and a label that never changes.
  const table = {
    label: 'y',
    inputs: numberInputs('x', 'empty'),
    train: [[5, 1, NaN]],
    validation: [[5, 3e38, 2]],
  };
  const { base } = await trained(table, { algorithm, epochs: '2', rounds: '2' });
  expect(libraryAnswers(base)[0]![0]).toBeCloseTo(5, -1);
  const [answer] = answersOf(base, [[-3e38, 0]]);
  expect(Number.isFinite(answer![0])).toBe(true);
});

test('a training that will exceed its time limit logs so early', async () => {
  const base = trainingFolder(exampleTable('iris'), { epochs: '5' });
  const { complaints } = succeeded(await train(base, { MAX_RUNTIME_SECONDS: '0.000001' }).ended);
  expect(complaints).toMatch(
    /^the training will take .* the job is stopped after less than 0\.1 s: lower training\.epochs \(5\), .* raise training\.maxRuntimeMinutes/,
  );
});
