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
