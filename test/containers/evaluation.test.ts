import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { create, Header } from 'tar';
import type { Encoding } from '../../containers/table/encoding';
import { categoryFeature, classLabel, encodingOf, linearModel, numberFeature } from './support/linear-model';
import { npyOf } from './support/npy';
import { inference, temporaryFolders, writeFiles } from './support/program';

const folders = temporaryFolders();
type Files = Record<string, string | Buffer>;

interface Job {
  readonly status: number | null;
  readonly message: string;
  readonly log: string;
  readonly evaluation: any;
  readonly golden: any;
}

interface Input {
  readonly candidate?: Files;
  readonly champion?: Files;
  readonly test?: Files;
  readonly validation?: Files;
  readonly env?: Record<string, string>;
}

/** Two clusters on a line, told apart at 0; `plan` says nothing. */
const ROWS = [
  'sick,-2,basic',
  'sick,-1,pro',
  'well,-0.5,basic',
  'well,1,gold',
  'well,2,basic',
  'well,3,',
  'sick,0.5,pro',
  'well,2.5,basic',
];
const CSV = `state,x,plan\n${ROWS.join('\n')}\n`;

const FEATURES = [numberFeature('x'), categoryFeature('plan', ['basic', 'pro'])];
const ENCODING = encodingOf(classLabel('state', { sick: 30, well: 70 }), FEATURES);
/** Says "well" where x is above 0. */
const CANDIDATE = linearModel(ENCODING, { x: [0, 1] });

async function evaluate({ candidate, champion, ...given }: Input): Promise<Job> {
  const base = folders.create();
  for (const [role, files] of Object.entries({ candidate, champion })) {
    if (!files) continue;
    writeFiles(base, { [`processing/input/${role}/.keep`]: '' });
    const file = path.join(base, `processing/input/${role}/model.tar.gz`);
    await create({ gzip: true, file, cwd: folders.create(files) }, ['.']);
  }
  const splits = {
    test: given.test ?? { 'shard-00000.csv': CSV },
    validation: given.validation ?? { 'shard-00000.csv': CSV },
  };
  for (const [split, files] of Object.entries(splits)) {
    for (const [name, content] of Object.entries(files)) {
      writeFiles(base, { [`processing/input/${split}/${name}`]: content });
    }
  }
  const env = { CANDIDATE_VERSION: 'c2', CHAMPION_VERSION: 'c1', BOOTSTRAP_RESAMPLES: '200', ...given.env };
  const { status, log } = await inference('evaluate', base, env).ended;
  const read = (file: string) => {
    try {
      return readFileSync(path.join(base, file), 'utf8');
    } catch {
      return '';
    }
  };
  const parsed = (file: string): unknown => JSON.parse(read(`processing/output/${file}`) || 'null');
  return {
    status,
    log,
    message: read('output/message'),
    evaluation: parsed('evaluation.json'),
    golden: parsed('golden.json'),
  };
}

test('a candidate is compared with the naive answer, and golden requests are chosen', async () => {
  const { status, evaluation, golden } = await evaluate({ candidate: CANDIDATE });
  expect(status).toBe(0);
  expect(evaluation).toMatchObject({
    formatVersion: 2,
    task: 'classification',
    holdout: { rows: 8, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
    bootstrap: { confidence: 0.95, resamples: 200, drawn: 200 },
    naive: {
      answer: 'well',
      description: 'always "well", the commonest class of the training rows',
      metrics: { accuracy: { value: 5 / 8 }, averagePrecision: { value: 3 / 8 }, auc: { value: 0.5 } },
    },
    candidate: {
      version: 'c2',
      metrics: { accuracy: { value: 6 / 8 }, 'recall:sick': { value: 2 / 3 } },
      confusion: {
        classes: ['sick', 'well'],
        counts: [
          [2, 1],
          [1, 4],
        ],
      },
    },
    champion: null,
    differences: null,
    advantages: { accuracy: { value: 1 / 8 } },
    agreement: { rows: 8, metrics: { accuracy: 6 / 8 } },
    positive: 'sick',
    labels: { sick: 3, well: 5 },
  });
  expect(golden.map(({ label }: { label: string }) => label)).toEqual([
    'sick',
    'well',
    'sick',
    'well',
    'sick',
  ]);
  expect(golden[0]).toEqual({
    contentType: 'application/json',
    body: '{"instances":[{"x":-2,"plan":"basic"}]}',
    answer: {
      modelVersion: 'c2',
      predictions: [{ label: 'sick', probabilities: { sick: 0.880797, well: 0.1192029 } }],
    },
    label: 'sick',
  });
  expect(JSON.parse(golden[1].body)).toEqual({ instances: [{ x: -0.5, plan: 'basic' }] });
});

const swapped = encodingOf(classLabel('state', { well: 7, sick: 3 }), [...FEATURES].reverse());
const fewer = encodingOf(classLabel('state', { sick: 3, well: 7 }), [FEATURES[0]!]);
const more = encodingOf(classLabel('state', { sick: 3, dead: 1, well: 7 }), [
  ...FEATURES,
  numberFeature('age', { missing: 'reject', min: 0 }),
]);
const withAge = `state,x,plan,age\n${ROWS.map((row, index) => `${row},${index === 1 ? '' : -5}`).join('\n')}\n`;

test.each<[string, Files, string]>([
  ['of reordered features and classes, and another vocabulary', linearModel(swapped, { x: [1, 0] }), CSV],
  ['of fewer features', linearModel(fewer, { x: [0, 1] }), CSV],
  [
    'of more features and classes, whose limits the rows break',
    linearModel(more, { x: [0, 0, 1] }, [0, -1e3, 0]),
    withAge,
  ],
])('a champion %s is compared by name', async (_name, champion, csv) => {
  const { status, message, evaluation } = await evaluate({
    candidate: CANDIDATE,
    champion,
    test: { 'shard-00000.csv': csv },
  });
  expect([status, message]).toEqual([0, '']);
  expect(evaluation.champion.metrics).toEqual(evaluation.candidate.metrics);
  expect(evaluation.champion.version).toBe('c1');
  expect(evaluation.differences.accuracy).toEqual({ value: 0, interval: [0, 0] });
});

const numberLabel = { kind: 'number', name: 'x', rows: 8, mean: 1, median: 1, low: 0, high: 2 } as const;
const incomparable: [string, Files, string][] = [
  [
    'a column that not every file has',
    linearModel(more, {}),
    'it needs columns that not all rows of the holdout have: "age"',
  ],
  [
    'another task, label and type',
    linearModel(encodingOf(numberLabel, [categoryFeature('x', ['1'])]), {}),
    'it predicts the column "x", not "state"; its task is regression, not classification; ' +
      'its feature "x" has the type category, not number',
  ],
  [
    'other classes',
    linearModel(encodingOf(classLabel('state', { ill: 1, fine: 2 }), FEATURES), {}),
    'its classes are "ill", "fine", none of "sick", "well"',
  ],
  ['an old format', { 'model.json': '{"formatVersion": 1}', 'model.onnx': '' }, 'formatVersion 1'],
];
test.each(incomparable)('a champion of %s cannot be compared', async (_name, champion, reason) => {
  const { evaluation } = await evaluate({
    candidate: CANDIDATE,
    champion,
    test: { 'a.csv': withAge, 'b.csv': CSV },
  });
  expect(evaluation.champion).toEqual({
    version: 'c1',
    incomparable: expect.stringContaining(reason) as string,
  });
  expect(evaluation.differences).toBeNull();
});

test('regression: numbers, the naive mean and median, golden rows over the whole range', async () => {
  const label: Encoding['label'] = {
    kind: 'number',
    name: 'y',
    rows: 9,
    mean: 3,
    median: 2,
    low: 0,
    high: 8,
  };
  const encoding = encodingOf(label, [numberFeature('x')]);
  const csv = 'y,x\n1,1\n2,2\n3,4\n4,4\n9,8\n8,8\n5,5\n';
  const files = { 'shard-00000.csv': csv };
  const candidate = linearModel(encoding, { x: [1] });
  const { evaluation, golden } = await evaluate({
    candidate,
    champion: candidate,
    test: files,
    validation: files,
  });
  expect(evaluation).toMatchObject({
    task: 'regression',
    naive: {
      answer: 3,
      description: 'always 3, the mean of the training rows (for mae and mape 2, their median)',
      metrics: { mae: { value: 20 / 7 }, rmse: { value: Math.sqrt(71 / 7) } },
    },
    candidate: { metrics: { rmse: { value: Math.sqrt(2 / 7) }, mae: { value: 2 / 7 } } },
    differences: { r2: { value: 0, interval: [0, 0] } },
    agreement: { rows: 7, metrics: { rmse: Math.sqrt(2 / 7) } },
  });
  expect(Object.keys(evaluation)).not.toContain('labels');
  const values = [1, 2, 4, 5, 8];
  expect(golden.map(({ label }: { label: number }) => label)).toEqual(values);
  expect(golden.map(({ answer }: any) => answer.predictions)).toEqual(values.map((value) => [{ value }]));
});

describe("training's own answers", () => {
  const probability = (x: number) => 1 / (1 + Math.exp(-x));
  const own = [-2, -1, -0.5].map((x) => [1 - probability(x), probability(x)]);
  const job = (answers: readonly (readonly number[])[]) =>
    evaluate({ candidate: { ...CANDIDATE, 'validation-answers.npy': npyOf(answers) } });

  test('that ONNX Runtime gives too verify the export', async () => {
    expect(await job(own)).toMatchObject({
      status: 0,
      log: expect.stringContaining('export verified: 3 rows') as string,
    });
  });

  test.each<[string, number[][], string]>([
    [
      'other ones',
      own.with(1, [0.5, 0.5]),
      'to row 2 of the validation split training answered 0.5, 0.5, ONNX',
    ],
    ['of another shape', [[1]], 'has 1 rows of 1 numbers'],
  ])('fail the job if they are %s', async (_name, answers, message) => {
    expect(await job(answers)).toMatchObject({
      status: 1,
      message: expect.stringContaining(message) as string,
      evaluation: null,
    });
  });
});

test('latency and memory of the serving program are metrics if they are required', async () => {
  const { evaluation } = await evaluate({ candidate: CANDIDATE, env: { SERVING_METRICS: 'true' } });
  const { latencyP99Ms, memoryMb } = evaluation.candidate.metrics;
  expect(latencyP99Ms).toEqual({ value: expect.any(Number) as number, interval: null });
  expect(memoryMb.value).toBeGreaterThan(10);
  expect(Object.keys(evaluation.advantages)).not.toContain('memoryMb');
});

const faults: [string, string, Input][] = [
  ['no test row', 'test: the split has no rows; raise its fraction', { test: { 'a.csv': 'state,x,plan\n' } }],
  ['no validation file', 'validation: the split has no rows', { validation: {} }],
  [
    'a missing column',
    'test: not every file has the columns "plan"',
    { test: { 'a.csv': 'state,x\nsick,1\n' } },
  ],
  [
    'text for a number',
    'a.csv, row 1: "x": "z" is not a number that fits 32 bits',
    { test: { 'a.csv': 'state,x,plan\nsick,z,basic\n' } },
  ],
  [
    'a missing field',
    'a.csv, row 1: 2 fields, but the header has 3',
    { test: { 'a.csv': 'state,x,plan\nsick,1\n' } },
  ],
  ['no CSV', 'a.csv: not readable as CSV', { test: { 'a.csv': 'state,x,plan\nsick,1,"b\n' } }],
  ['no model', 'candidate: processing/input/candidate holds no model.tar.gz', { candidate: undefined }],
  [
    'a model of an old format',
    'candidate: model.json: formatVersion 1 is from an earlier version',
    { candidate: { 'model.json': '{"formatVersion": 1}', 'model.onnx': '' } },
  ],
  [
    'a torn champion',
    'champion: model.onnx: its SHA-256 is',
    { champion: { ...CANDIDATE, 'model.onnx': 'torn' } },
  ],
  ['a wrong variable', 'BOOTSTRAP_CONFIDENCE: "95" ', { env: { BOOTSTRAP_CONFIDENCE: '95' } }],
  ['a missing variable', 'CANDIDATE_VERSION: ', { env: { CANDIDATE_VERSION: '' } }],
];

test('a model that would fill the disk is not unpacked', async () => {
  const base = folders.create();
  const header = Buffer.alloc(512);
  new Header({ path: 'model.onnx', size: 3 * 2 ** 30, type: 'File' }).encode(header);
  writeFiles(base, { 'processing/input/candidate/model.tar.gz': gzipSync(header) });
  const { status, log } = await inference('evaluate', base, { CANDIDATE_VERSION: 'c' }).ended;
  expect({ status, log }).toEqual({
    status: 1,
    log: expect.stringContaining(
      'model.tar.gz: is not unpacked: model.onnx has 3221225472 bytes; at most 2147483648',
    ) as string,
  });
});

test.each(faults)('%s fails the job with a message', async (_name, message, input) => {
  const job = await evaluate({ candidate: CANDIDATE, ...input });
  expect(job).toMatchObject({ status: 1, evaluation: null, golden: null });
  expect(job.message).toContain(message);
});
