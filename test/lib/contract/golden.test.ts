import { answerDifference, goldenBody, parseAnswer, readAnswer } from '../../../lib/contract/golden';

const TOLERANCE = 0.001;
const answer = { label: 'a', scores: [0.5, 250], note: null, flag: true };

describe('answers agree', () => {
  test.each<[string, unknown, unknown]>([
    ['the same', answer, { ...answer }],
    ['members in another order', { a: 1, b: 2 }, { b: 2, a: 1 }],
    ['a number within the tolerance', 0.5, 0.5009],
    ['a number above 1 within its share', 250, 250.2],
    ['a negative number above 1', -250, -250.2],
    ['text that is not JSON', '0.5,cat\n', '0.5005;cat'],
    ['nothing', null, null],
    ['an empty list', [], []],
  ])('%s', (_, expected, given) => {
    expect(answerDifference(expected, given, TOLERANCE)).toBeUndefined();
  });
});

describe('answers differ, with the path', () => {
  test.each<[string, unknown, unknown, string]>([
    ['a text', answer, { ...answer, label: 'b' }, 'label: expected "a", given "b"'],
    [
      'a text within JSON, even if it looks like a number',
      ['0.5'],
      ['0.5001'],
      '0: expected "0.5", given "0.5001"',
    ],
    ['a number', answer, { ...answer, scores: [0.5, 251] }, 'scores.1: expected 250, given 251'],
    ['a small number beyond the tolerance', [0.5], [0.502], '0: expected 0.5, given 0.502'],
    ['null for a number', answer, { ...answer, scores: [0.5, null] }, 'scores.1: expected 250, given null'],
    ['a number for null', answer, { ...answer, note: 0 }, 'note: expected null, given 0'],
    ['a text for a number', [1], ['1'], '0: expected 1, given "1"'],
    ['a number for a switch', answer, { ...answer, flag: 1 }, 'flag: expected true, given 1'],
    ['an element less', answer, { ...answer, scores: [0.5] }, 'scores: expected [0.5,250], given [0.5]'],
    ['a member more', { a: { b: 1 } }, { a: { b: 1, c: 2 } }, 'a: expected {"b":1}, given {"b":1,"c":2}'],
    ['a member of another name', { a: 1 }, { b: 1 }, 'expected {"a":1}, given {"b":1}'],
    ['a name of every object', { a: 1 }, { toString: 1 }, 'expected {"a":1}, given {"toString":1}'],
    ['a list for an object', { 0: 1 }, [1], 'expected {"0":1}, given [1]'],
    ['text with another number', '0.5,cat', '0.6,cat', 'expected "0.5,cat", given "0.6,cat"'],
    ['text with another word', '0.5,cat', '0.5,dog', 'expected "0.5,cat", given "0.5,dog"'],
    ['text with a field less', '0.5,cat', '0.5', 'expected "0.5,cat", given "0.5"'],
    ['nothing at all', 1, undefined, 'expected 1, given nothing'],
    ['not a number', 1, NaN, 'expected 1, given null'],
  ])('%s', (_, expected, given, difference) => {
    expect(answerDifference(expected, given, TOLERANCE)).toBe(difference);
  });

  test('values are cut', () => {
    expect(answerDifference('x'.repeat(9_999), 'y', TOLERANCE)!.length).toBeLessThan(400);
  });
});

test('a body is text or bytes', () => {
  const request = { contentType: 'a/b', answer: null };
  expect(Buffer.from(goldenBody({ ...request, body: 'größe' })).toString()).toBe('größe');
  expect([...goldenBody({ ...request, bodyBase64: 'AP8=' })]).toEqual([0, 255]);
});

test.each<[string, unknown]>([
  ['{"a": 1}', { a: 1 }],
  ['"text"', 'text'],
  ['text', 'text'],
  ['', ''],
  ['NaN', 'NaN'],
])('the answer %j is compared as %j', (text, value) => {
  expect(parseAnswer(text)).toEqual(value);
});

test.each<[string | undefined, unknown]>([
  [undefined, 1],
  ['application/json; charset=utf-8', 1],
  ['text/csv', 1],
  ['image/png', 'MQ=='],
  ['application/octet-stream', 'MQ=='],
])('the byte "1" of the type %s is compared as %j', (contentType, value) => {
  expect(readAnswer(Buffer.from('1'), contentType)).toBe(value);
});
