import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAnswer } from '../../containers/inference/transform-answers';
import type { Encoding } from '../../containers/table/encoding';
import { classLabel, encodingOf, numberFeature } from './support/linear-model';
import { inference, temporaryFolders } from './support/program';

const folders = temporaryFolders();

const FEATURES = [numberFeature('x'), numberFeature('y')];
const encode = (label: Encoding['label'], features = FEATURES) => encodingOf(label, features, [label.name]);
const BINARY = encode(classLabel('state', { sick: 30, well: 70 }));
const PRICE = encode({
  ...{ kind: 'number', name: 'price', rows: 100, mean: 5, median: 5 },
  ...{ low: 1, high: 9 },
});

interface Given {
  readonly encoding?: Encoding;
  readonly champion?: Encoding;
  /** Rows of a file: label, x, y. */
  readonly holdout: Readonly<Record<string, readonly string[]>>;
  readonly candidate: Readonly<Record<string, string>>;
  readonly byChampion?: Readonly<Record<string, string>>;
  readonly validation?: { readonly rows: readonly string[]; readonly answers: string };
  readonly env?: Record<string, string>;
}

async function score({ encoding = BINARY, ...given }: Given) {
  const header = `${encoding.label.name},x,y`;
  const files: Record<string, string> = {
    'schema/encoding.json': JSON.stringify(encoding),
    ...(given.champion && { 'schema/champion.json': JSON.stringify(given.champion) }),
    ...(given.validation && {
      'validation/shard-00000.csv': `${[header, ...given.validation.rows].join('\n')}\n`,
      'candidate-validation/shard-00000.csv.out': given.validation.answers,
    }),
  };
  for (const [name, rows] of Object.entries(given.holdout)) {
    files[`test/${name}`] = `${[header, ...rows].join('\n')}\n`;
    const unlabelled = rows.map((row) => row.slice(row.indexOf(',') + 1));
    if (rows.length > 0) files[`rows/${name}`] = `${unlabelled.join('\n')}\n`;
  }
  const answers = (folder: string, texts: Readonly<Record<string, string>> = {}) => {
    for (const [name, text] of Object.entries(texts)) files[`${folder}/${name}.out`] = text;
  };
  answers('candidate', given.candidate);
  answers('champion', given.byChampion);
  const base = folders.create(
    Object.fromEntries(Object.entries(files).map(([name, text]) => [`processing/input/${name}`, text])),
  );
  const env = { CANDIDATE_VERSION: 'c2', BOOTSTRAP_RESAMPLES: '200', ...given.env };
  const { status } = await inference('score', base, env).ended;
  const read = (file: string): any => JSON.parse(readFileSync(path.join(base, file), 'utf8'));
  if (status !== 0) return { status, message: readFileSync(path.join(base, 'output/message'), 'utf8') };
  return {
    status,
    message: '',
    evaluation: read('processing/output/evaluation.json'),
    golden: read('processing/output/golden.json'),
  };
}

/** Two shards; the answers have the line ends of a program's answer and of the job. */
const HOLDOUT = {
  'shard-00000.csv': ['sick,1,2', 'well,3,4', 'well,5,'],
  'shard-00001.csv': ['sick,7,8'],
  // A shard without a row in the holdout.
  'shard-00002.csv': [],
};
const CANDIDATE = { 'shard-00000.csv': '0.1\n0.8\n\n0.4\n\n', 'shard-00001.csv': '0.3\n' };

test('two answers with one name are refused: either could be the one to a file', async () => {
  const candidate = { ...CANDIDATE, 'day/shard-00000.csv': '0.1\n0.8\n0.4\n' };
  expect(await score({ holdout: HOLDOUT, candidate })).toEqual({
    status: 1,
    message: expect.stringContaining(
      'day/shard-00000.csv.out and shard-00000.csv.out have one name',
    ) as string,
  });
});

test('answers of two shards are compared with the true classes, and become golden requests', async () => {
  const { evaluation, golden } = await score({ holdout: HOLDOUT, candidate: CANDIDATE });
  expect(evaluation).toMatchObject({
    task: 'classification',
    holdout: { rows: 4 },
    candidate: {
      version: 'c2',
      metrics: { accuracy: { value: 3 / 4 }, 'recall:sick': { value: 1 }, 'recall:well': { value: 1 / 2 } },
    },
    champion: null,
    agreement: { rows: 0, metrics: {} },
    naive: { metrics: { accuracy: { value: 1 / 2 } } },
  });
  expect(golden).toEqual([
    { contentType: 'text/csv', body: '1,2\n', answer: 0.1, label: 'sick' },
    { contentType: 'text/csv', body: '3,4\n', answer: 0.8, label: 'well' },
    { contentType: 'text/csv', body: '7,8\n', answer: 0.3, label: 'sick' },
    { contentType: 'text/csv', body: '5,\n', answer: 0.4, label: 'well' },
  ]);
});

test('numbers are measured in the unit of the label', async () => {
  const { evaluation, golden } = await score({
    encoding: PRICE,
    holdout: { 'shard-00000.csv': ['2,1,2', '4,3,4'] },
    candidate: { 'shard-00000.csv': '3.0\n3.0\n' },
  });
  expect(evaluation).toMatchObject({ task: 'regression', candidate: { metrics: { rmse: { value: 1 } } } });
  expect(golden).toContainEqual({ contentType: 'text/csv', body: '3,4\n', answer: 3, label: 4 });
});

test('probabilities of several classes are golden as the endpoint answers them, without the brackets of a job', async () => {
  const { golden, evaluation } = await score({
    encoding: encode(classLabel('state', { a: 1, b: 1, c: 1 })),
    holdout: { 'shard-00000.csv': ['c,1,2', 'a,3,4'] },
    candidate: { 'shard-00000.csv': '[0.1, 0.2, 0.7]\n[0.5, 0.25, 0.25]\n' },
  });
  expect(evaluation.candidate.metrics.accuracy.value).toBe(1);
  expect(golden.map(({ answer }: { answer: unknown }) => answer)).toEqual(['0.5,0.25,0.25', '0.1,0.2,0.7']);
});

test('the validation rows are measured for the comparison with training', async () => {
  const validation = { rows: ['sick,1,2', 'well,3,4'], answers: '0.9\n0.9\n' };
  const { evaluation } = await score({ holdout: HOLDOUT, candidate: CANDIDATE, validation });
  expect(evaluation.agreement).toEqual({ rows: 2, metrics: { accuracy: 1 / 2 } });
});

describe('a champion', () => {
  const env = { CHAMPION_VERSION: 'c1' };
  const given = { holdout: HOLDOUT, candidate: CANDIDATE, env };

  test('is compared on the same rows, by the order of its own classes', async () => {
    const champion = encode(classLabel('state', { well: 70, sick: 30 }));
    const byChampion = { 'shard-00000.csv': '0.9\n0.2\n0.2\n', 'shard-00001.csv': '0.9\n' };
    const { evaluation } = await score({ ...given, champion, byChampion });
    expect(evaluation.champion).toMatchObject({ version: 'c1', metrics: { accuracy: { value: 1 } } });
    expect(evaluation.differences.accuracy.value).toBeCloseTo(-1 / 4);
  });

  test.each<[string, Partial<Given>, RegExp]>([
    [
      'that could not predict',
      { champion: BINARY, env: { ...env, CHAMPION_FAILURE: 'States.TaskFailed: see logs' } },
      /it could not predict the holdout: States\.TaskFailed: see logs/,
    ],
    [
      'with its features in another order',
      { champion: encode(BINARY.label, [...FEATURES].reverse()), byChampion: CANDIDATE },
      /its features are "y", "x", not "x", "y"; rows have no header/,
    ],
    ['of an unknown encoding', { byChampion: CANDIDATE }, /its encoding is not known/],
    [
      'for another label',
      { champion: encode(classLabel('kind', { sick: 1, well: 1 })), byChampion: CANDIDATE },
      /it predicts the column "kind"/,
    ],
  ])('%s is not compared, and the reason is given', async (_, change, reason) => {
    const { evaluation } = await score({ ...given, ...change });
    expect(evaluation.champion).toEqual({
      version: 'c1',
      incomparable: expect.stringMatching(reason) as string,
    });
    expect(evaluation.differences).toBeNull();
  });
});

test.each<[string, Record<string, string>, RegExp]>([
  [
    'are fewer than the rows',
    { ...CANDIDATE, 'shard-00000.csv': '0.1\n0.8\n' },
    /candidate: shard-00000\.csv\.out has 2 answers, but shard-00000\.csv has 3 rows/,
  ],
  ['are missing', { 'shard-00000.csv': CANDIDATE['shard-00000.csv'] }, /shard-00001\.csv\.out has 0 answers/],
  [
    'are no numbers',
    { ...CANDIDATE, 'shard-00001.csv': '{"label":"well"}\n' },
    /^shard-00001\.csv, row 1: the answer is "\{.*"; must be numbers, separated by commas$/,
  ],
])('answers that %s end the job with the place', async (_, candidate, message) => {
  const ended = await score({ holdout: HOLDOUT, candidate });
  expect(ended.status).toBe(1);
  expect(ended.message).toMatch(message);
});

describe('an answer is read as', () => {
  const { label: two } = BINARY;
  const three = classLabel('state', { a: 1, b: 1, c: 1 });
  test.each<[string, string, Encoding['label'], number[]]>([
    ['a value', '-1.5e3', PRICE.label, [-1500]],
    ['the probability of the second of two classes', '0.25', two, [0.75, 0.25]],
    ['the index of one of two classes', '1.0', two, [0, 1]],
    ['a probability for each class', '0.2,0.3,0.5', three, [0.2, 0.3, 0.5]],
    ['the index of a class', '2.0', three, [0, 0, 1]],
    ['no number, which no metric survives', 'nan', two, [NaN, NaN]],
  ])('%s', (_, text, label, values) => {
    expect(parseAnswer(text, label, 'here')).toEqual(values);
  });

  test.each<[string, string, Encoding['label'], RegExp]>([
    ['several values for one number', '1,2', PRICE.label, /one number/],
    ['a score that is no probability', '3.2', two, /the probability of class "well", from 0 to 1/],
    ['an index beyond the classes', '3', three, /the index of a class, 0 to 2/],
    ['too few probabilities', '0.5,0.5', three, /3: a probability for each class/],
    ['nothing', '', two, /numbers/],
  ])('%s is refused', (_, text, label, allowed) => {
    expect(() => parseAnswer(text, label, 'here')).toThrow(allowed);
  });
});
