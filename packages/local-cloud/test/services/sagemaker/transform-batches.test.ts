import { assembled, payloads, type BatchRules } from '../../../src/services/sagemaker/transform-batches';
import { relativeKey } from '../../../src/services/sagemaker/transform-run';

const rules = (change: Partial<BatchRules> = {}): BatchRules => ({
  ...{ split: 'Line', strategy: 'MultiRecord', maxPayload: 6, assemble: 'None', ...change },
});
const texts = (buffers: readonly Buffer[]) => buffers.map((buffer) => buffer.toString());

test.each<[string, Partial<BatchRules>, string, string[]]>([
  ['an object that is not split', { split: 'None' }, 'a\nb\n', ['a\nb\n']],
  ['an empty object that is not split', { split: 'None' }, '', ['']],
  ['single records, without their newlines', { strategy: 'SingleRecord' }, 'a\nbb\n', ['a', 'bb']],
  ['a last record without a newline', { strategy: 'SingleRecord' }, 'a\nb', ['a', 'b']],
  ['as many records as fit, with their newlines', {}, 'aa\nbb\ncc\nd\n', ['aa\nbb\n', 'cc\nd\n']],
  ['a record that fills a request', {}, 'aaaaa\nb\n', ['aaaaa\n', 'b\n']],
  ['an empty object', {}, '', []],
])('payloads: %s', (_, change, object, expected) => {
  expect(texts(payloads(Buffer.from(object), rules(change)))).toEqual(expected);
});

test.each<[string, Partial<BatchRules>]>([
  ['whole', { split: 'None' }],
  ['in records', { strategy: 'SingleRecord' }],
  ['in batches', {}],
])('refuses %s, which is too large for a request', (_, change) => {
  expect(() => payloads(Buffer.from('a\nbbbbbbb\n'), rules(change))).toThrow(
    /bytes is above the maximum payload of 6 bytes/,
  );
});

test('responses are joined, each with a newline if requested', () => {
  const answers = ['1', '2\n'].map((text) => Buffer.from(text));
  expect(assembled(answers, rules()).toString()).toBe('12\n');
  expect(assembled(answers, rules({ assemble: 'Line' })).toString()).toBe('1\n2\n\n');
});

test.each([
  ['in/', 'in/a/b.csv', 'a/b.csv'],
  ['in', 'in/a.csv', 'a.csv'],
  ['in/a.csv', 'in/a.csv', 'a.csv'],
  ['in/part', 'in/part-1.csv', 'part-1.csv'],
  ['', 'a/b.csv', 'a/b.csv'],
])('below the prefix "%s", %s is %s', (prefix, key, expected) => {
  expect(relativeKey(prefix, key)).toBe(expected);
});
