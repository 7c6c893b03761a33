import { Answers, compare, type Captured } from '../../../lambda/compare/compare';

const prediction = (label: string, a: number) => ({ label, probabilities: { a, b: 1 - a } });

const record = (inferenceId: string | undefined, answer: unknown, encoding = 'JSON'): Captured => {
  const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
  const data = encoding === 'BASE64' ? Buffer.from(text).toString('base64') : text;
  return {
    captureData: { endpointOutput: { data, encoding } },
    eventMetadata: inferenceId === undefined ? {} : { inferenceId },
  };
};

const answers = (...records: Captured[]) => {
  const all = new Answers();
  records.forEach((each) => all.add(each));
  return all;
};

const predicted = (id: string, ...predictions: object[]) => record(id, { predictions });

const versions = { champion: 'run-1', challenger: 'run-2' };

test('rows are joined by request, and labels and probabilities compared', () => {
  const production = answers(
    predicted('1', prediction('a', 0.9), prediction('b', 0.2)),
    predicted('2', prediction('a', 0.6)),
    predicted('3', prediction('a', 1)),
    predicted('4', prediction('a', 1)),
    record('5', '{"error": {"code": "InvalidInput"}}'),
  );
  const shadow = answers(
    predicted('1', prediction('a', 0.8), prediction('b', 0.2)),
    record('2', { predictions: [prediction('b', 0.4)] }, 'BASE64'),
    record('3', 'no JSON'),
    record(undefined, { predictions: [] }),
  );
  const comparison = compare(versions, production, shadow);
  expect(comparison).toMatchObject({
    ...versions,
    answers: 'classes',
    requests: 2,
    rows: 3,
    errors: 1,
    unanswered: 1,
    agreement: 2 / 3,
    labels: { a: { a: 1, b: 1 }, b: { b: 1 } },
    examples: [{ inferenceId: '2', row: 0, champion: 'a', challenger: 'b' }],
  });
  expect(comparison.difference!.max).toBeCloseTo(0.2);
  expect(comparison.difference!.mean).toBeCloseTo((0.1 + 0.1 + 0.2 + 0.2) / 6);
});

test('numbers that differ by less than 1 % are the same', () => {
  const value = (each: number) => ({ value: each });
  const production = answers(predicted('1', value(100), value(200)));
  const shadow = answers(predicted('1', value(100.9), value(210)));
  const comparison = compare(versions, production, shadow);
  expect(comparison).toMatchObject({
    ...{ answers: 'numbers', agreement: 0.5, labels: {}, difference: { max: 10 } },
    examples: [{ inferenceId: '1', row: 1, champion: '200', challenger: '210' }],
  });
});

test('an answer with another number of rows is an error of the shadow', () => {
  const production = answers(predicted('1', prediction('a', 1)));
  const shadow = answers(predicted('1', prediction('a', 1), prediction('a', 1)));
  expect(compare(versions, production, shadow)).toMatchObject({ requests: 0, errors: 1 });
});

test('without answers of the shadow the agreement is unknown', () => {
  const comparison = compare(versions, answers(predicted('1', prediction('a', 1))), answers());
  expect(comparison).toMatchObject({ agreement: null, difference: null, unanswered: 1 });
});

test('at most 20 examples are kept', () => {
  const many = Array.from({ length: 50 }, (_, i) => String(i));
  const all = (label: string) => answers(...many.map((id) => predicted(id, prediction(label, 0.5))));
  expect(compare(versions, all('a'), all('b')).examples).toHaveLength(20);
});

/** Both models' answers to one request of a model that is no table. */
const compared = (one: unknown, other: unknown, contentType?: string, encoding?: string) => {
  const [production, shadow] = [one, other].map((answer) => {
    const all = new Answers(contentType);
    all.add(record('1', answer, encoding));
    return all;
  }) as [Answers, Answers];
  return compare(versions, production, shadow);
};

test.each<[string, unknown, unknown, string, number, string?]>([
  [
    'a class and its version',
    { label: 'a', modelVersion: '1' },
    { label: 'a', modelVersion: '2' },
    'classes',
    1,
  ],
  ['another class', { label: 'a', score: 0.9 }, { label: 'b', score: 0.9 }, 'classes', 0],
  ['a JSON text', '"spam"', '"spam"', 'classes', 1],
  ['another JSON text', '"spam"', '"ham"', 'classes', 0],
  ['numbers in a list, within 1 %', [1, [2, 100]], [1, [2, 100.9]], 'numbers', 1],
  ['numbers in a list, beyond', [1, [2, 100]], [1, [2, 102]], 'numbers', 0],
  ['a list that is longer', [1], [1, 2], 'numbers', 0],
  ['a member more', { boxes: [1] }, { boxes: [1], note: 'x' }, 'numbers', 0],
  ['null', null, null, 'numbers', 1],
  ['null instead of a number', 1, null, 'numbers', 0],
  ['CSV within 1 %', '0.5,cat', '0.504,cat', 'numbers', 1, 'text/csv'],
  ['CSV of another word', '0.5,cat', '0.5,dog', 'numbers', 0, 'text/csv'],
  ['text', 'cat\n', 'cat', 'classes', 1, 'text/plain'],
])('%s', (_, one, other, kind, agreement, ...[contentType]) => {
  expect(compared(one, other, contentType)).toMatchObject({
    requests: 1,
    answers: kind,
    agreement,
    errors: 0,
  });
});

test('bytes are the same or not, and are not kept', () => {
  const image = (last: string) => `${'\0'.repeat(1_000)}${last}`;
  expect(compared(image('a'), image('a'), 'image/png', 'BASE64')).toMatchObject({ agreement: 1 });
  const other = compared(image('a'), image('b'), 'image/png', 'BASE64');
  expect(other).toMatchObject({ agreement: 0, labels: {} });
  expect(JSON.stringify(other).length).toBeLessThan(1_000);
});

test.each(['<html>', '{"error": {"code": "InvalidInput"}}', ''])(
  'an answer that is no JSON of the model is an error of the shadow: %j',
  (wrong) => {
    expect(compared({ label: 'a' }, wrong)).toMatchObject({ requests: 0, errors: 1 });
  },
);

test('a long text is no class, and is cut in examples', () => {
  const { labels, examples } = compared('x'.repeat(1_000), 'y'.repeat(1_000), 'text/plain');
  expect(labels).toEqual({});
  expect(examples[0]!.champion.length).toBeLessThanOrEqual(300);
});
