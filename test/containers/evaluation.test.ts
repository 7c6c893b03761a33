import { readFileSync } from 'node:fs';
import path from 'node:path';
import { create } from 'tar';
import { copy, inference, temporaryFolders, writeFiles } from './support/program';
import { trainExample } from './support/sample';

const folders = temporaryFolders();
let cancer: string;
let iris: string;
/** The cancer model after one epoch. */
let hasty: string;

beforeAll(async () => {
  [cancer, iris, hasty] = [folders.create(), folders.create(), folders.create()];
  await Promise.all([
    trainExample(cancer, 'breast-cancer'),
    trainExample(iris, 'iris', { epochs: '1' }),
    trainExample(hasty, 'breast-cancer', { epochs: '1' }),
  ]);
});

interface Job {
  readonly status: number | null;
  readonly message: string;
  readonly evaluation: any;
  readonly golden: any;
}

/** Evaluates models of trained folders, packed as SageMaker packs them, on the rows of `test`. */
async function evaluate(
  roles: { candidate?: string; champion?: string },
  test: string | Record<string, string>,
  env: Record<string, string> = { CANDIDATE_VERSION: 'c2', CHAMPION_VERSION: 'c1' },
): Promise<Job> {
  const base = folders.create({ 'processing/input/test/.keep': '' });
  for (const [role, trained] of Object.entries(roles)) {
    writeFiles(base, { [`processing/input/${role}/.keep`]: '' });
    const file = path.join(base, `processing/input/${role}/model.tar.gz`);
    await create({ gzip: true, file, cwd: path.join(trained, 'model') }, ['.']);
  }
  const testFolder = path.join(base, 'processing/input/test');
  if (typeof test === 'string') copy(path.join(test, 'processing/output/test'), testFolder);
  else writeFiles(testFolder, test);

  const { status } = await inference('evaluate', base, env).ended;
  const read = (file: string) => {
    try {
      return readFileSync(path.join(base, file), 'utf8');
    } catch {
      return '';
    }
  };
  const parsed = (file: string) => JSON.parse(read(`processing/output/${file}`) || 'null') as unknown;
  return {
    status,
    message: read('output/message'),
    evaluation: parsed('evaluation.json'),
    golden: parsed('golden.json'),
  };
}

test('a candidate without a champion is scored, and golden requests are chosen', async () => {
  const { status, evaluation, golden } = await evaluate({ candidate: cancer }, cancer);
  expect(status).toBe(0);
  const { holdout, bootstrap, candidate, champion, differences } = evaluation;
  expect([champion, differences]).toEqual([null, null]);
  expect(holdout.sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(bootstrap).toEqual({ confidence: 0.95, resamples: 2000 });
  expect(candidate.version).toBe('c2');
  const { confusion, metrics } = candidate;
  expect(confusion.flat().reduce((a: number, b: number) => a + b)).toBe(holdout.rows);
  expect(Object.keys(metrics)).toEqual([
    'accuracy',
    'f1',
    'auc',
    'logLoss',
    'recall:malignant',
    'recall:benign',
  ]);
  expect(metrics.accuracy.value).toBe((confusion[0][0] + confusion[1][1]) / holdout.rows);
  expect(metrics['recall:malignant'].value).toBe(confusion[0][0] / (confusion[0][0] + confusion[0][1]));
  for (const name of ['accuracy', 'f1', 'auc', 'recall:malignant', 'recall:benign']) {
    expect([name, metrics[name].value]).toEqual([name, expect.any(Number)]);
    expect(metrics[name].value).toBeGreaterThan(0.9);
  }
  expect(metrics.logLoss.value).toBeLessThan(0.2);
  for (const { value, interval } of Object.values<any>(metrics)) {
    if (interval) expect(interval[0] <= value && value <= interval[1]).toBe(true);
  }

  expect(golden.instances).toHaveLength(5);
  expect(new Set(golden.labels)).toEqual(new Set(['malignant', 'benign']));
  expect(golden.predictions[0]).toEqual({
    label: expect.any(String) as string,
    probabilities: expect.any(Object) as object,
  });
  expect(Object.keys(golden.instances[0])).toHaveLength(30);
});

test('a champion that is the same model differs by nothing', async () => {
  const { evaluation } = await evaluate({ candidate: cancer, champion: cancer }, cancer);
  expect(evaluation.champion).toEqual({ ...evaluation.candidate, version: 'c1' });
  expect(Object.keys(evaluation.differences)).toEqual(Object.keys(evaluation.candidate.metrics));
  for (const difference of Object.values(evaluation.differences)) {
    expect(difference).toEqual({ value: 0, interval: [0, 0] });
  }
});

test('two models are compared on the same resampled rows, alike each time', async () => {
  const env = {
    CANDIDATE_VERSION: 'c2',
    CHAMPION_VERSION: 'c1',
    BOOTSTRAP_CONFIDENCE: '0.9',
    BOOTSTRAP_RESAMPLES: '400',
  };
  const [job, again, reversed] = await Promise.all([
    evaluate({ candidate: hasty, champion: cancer }, cancer, env),
    evaluate({ candidate: hasty, champion: cancer }, cancer, env),
    evaluate({ candidate: cancer, champion: hasty }, cancer, env),
  ]);
  expect(again.evaluation).toEqual(job.evaluation);
  const { bootstrap, candidate, champion, differences } = job.evaluation;
  expect(bootstrap).toEqual({ confidence: 0.9, resamples: 400 });
  for (const [name, { value, interval }] of Object.entries<any>(differences)) {
    expect(value).toBe(candidate.metrics[name].value - champion.metrics[name].value);
    const [low, high] = interval;
    expect([name, low <= value && value <= high]).toEqual([name, true]);
    const { value: negated, interval: swapped } = reversed.evaluation.differences[name];
    expect([negated, ...swapped]).toEqual([0 - value, 0 - high, 0 - low]);
  }
  expect(differences.logLoss.interval[0]).toBeGreaterThan(0);
});

test('a champion of other features and classes is incomparable, which does not stop the candidate', async () => {
  const { status, evaluation, golden } = await evaluate({ candidate: iris, champion: cancer }, iris);
  expect(status).toBe(0);
  expect(evaluation.candidate.confusion).toHaveLength(3);
  expect(evaluation.differences).toBeNull();
  expect(evaluation.champion).toEqual({
    version: 'c1',
    incomparable: expect.stringMatching(
      /^its classes are malignant, benign, not setosa.*; its features are radius_mean/,
    ) as string,
  });
  expect(new Set(golden.labels).size).toBe(3);
});

const HEADER = 'label,sepal_length,sepal_width,petal_length,petal_width\n';

test.each<[string, string, Record<string, string>]>([
  ['no test file', 'test: the holdout has no rows; raise TEST_FRACTION', {}],
  ['no test row', 'test: the holdout has no rows', { 'a.csv': HEADER, 'b.csv': HEADER }],
  ['another header', 'a.csv: the header label,x is not label,sepal_length', { 'a.csv': 'label,x\n0,1\n' }],
  [
    'text for a number',
    'a.csv, line 2: sepal_width "z" is not a finite number',
    { 'a.csv': `${HEADER}0,1,z,1,1\n` },
  ],
  [
    'an unknown class',
    'a.csv, line 2: label 3 is not a class index from 0 to 2',
    { 'a.csv': `${HEADER}3,1,1,1,1\n` },
  ],
  ['a missing field', 'a.csv: not readable as CSV', { 'a.csv': `${HEADER}0,1\n` }],
])('%s fails the job with a message', async (_name, message, files) => {
  const job = await evaluate({ candidate: iris }, files);
  expect(job).toMatchObject({ status: 1, evaluation: null, golden: null });
  expect(job.message).toContain(message);
});

test('a missing or damaged model, or a wrong or missing variable, fails the job with a message', async () => {
  const none = await evaluate({}, iris);
  expect(none).toMatchObject({
    status: 1,
    message: expect.stringContaining('candidate: there is no model.tar.gz') as string,
  });
  const files = {
    'model/model.json': readFileSync(path.join(iris, 'model/model.json')),
    'model/model.onnx': 'torn',
  };
  const torn = await evaluate({ candidate: iris, champion: folders.create(files) }, iris);
  expect(torn).toMatchObject({
    status: 1,
    message: expect.stringMatching(/^champion: model.onnx: .* damaged/) as string,
  });
  const unsure = await evaluate({ candidate: iris }, iris, {
    CANDIDATE_VERSION: 'c2',
    BOOTSTRAP_CONFIDENCE: '95',
  });
  expect(unsure).toMatchObject({
    status: 1,
    message: expect.stringMatching(/^BOOTSTRAP_CONFIDENCE: "95" /) as string,
  });
  const unnamed = await evaluate({ candidate: iris }, iris, {});
  expect(unnamed).toMatchObject({
    status: 1,
    message: expect.stringMatching(/^CANDIDATE_VERSION: /) as string,
  });
});
