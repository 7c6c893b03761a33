import { readFileSync } from 'node:fs';
import path from 'node:path';
import { create } from 'tar';
import { copy, inference, temporaryFolders, writeFiles } from './support/program';
import { trainExample } from './support/sample';

jest.setTimeout(60_000);

const folders = temporaryFolders();
let cancer: string;
let iris: string;

beforeAll(async () => {
  [cancer, iris] = [folders.create(), folders.create()];
  await Promise.all([trainExample(cancer, 'breast-cancer'), trainExample(iris, 'iris', { epochs: '1' })]);
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
  const { candidate, champion, rows } = evaluation;
  expect(champion).toBeNull();
  expect(candidate.version).toBe('c2');
  expect(candidate.confusion.flat().reduce((a: number, b: number) => a + b)).toBe(rows);
  expect(candidate.accuracy).toBe((candidate.confusion[0][0] + candidate.confusion[1][1]) / rows);
  expect(candidate.accuracy).toBeGreaterThanOrEqual(0.95);
  expect(candidate.accuracyInterval[0]).toBeLessThan(candidate.accuracy);
  expect(candidate.accuracyInterval[1]).toBeGreaterThan(candidate.accuracy);
  expect(candidate.logLoss).toBeLessThan(0.2);
  expect(candidate.macroF1).toBeGreaterThan(0.9);

  expect(golden.instances).toHaveLength(5);
  expect(new Set(golden.labels)).toEqual(new Set(['malignant', 'benign']));
  expect(golden.predictions[0]).toEqual({
    label: expect.any(String) as string,
    probabilities: expect.any(Object) as object,
  });
  expect(Object.keys(golden.instances[0])).toHaveLength(30);
});

test('a champion is scored on the same rows', async () => {
  const { evaluation } = await evaluate({ candidate: cancer, champion: cancer }, cancer);
  expect(evaluation.champion).toEqual({ ...evaluation.candidate, version: 'c1' });
});

test('a champion of other features and classes is incomparable, which does not stop the candidate', async () => {
  const { status, evaluation, golden } = await evaluate({ candidate: iris, champion: cancer }, iris);
  expect(status).toBe(0);
  expect(evaluation.candidate.confusion).toHaveLength(3);
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

test('a missing or damaged model, or a missing version, fails the job with a message', async () => {
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
  const unnamed = await evaluate({ candidate: iris }, iris, {});
  expect(unnamed).toMatchObject({
    status: 1,
    message: expect.stringMatching(/^CANDIDATE_VERSION: /) as string,
  });
});
