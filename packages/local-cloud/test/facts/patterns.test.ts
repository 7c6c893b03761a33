import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { partial, whole } from '../../src/facts/patterns';

const FACTS = join(__dirname, '../../src/facts');

test.each<[string, string, boolean]>([
  ['[a-z]+', 'abc', true],
  ['[a-z]+', 'abc1', false],
  ['a|bc', 'bc', true],
  ['a|bc', 'abc', false],
  ['^[a-z]+$', 'abc', true],
  ['\\p{ASCII}*', 'text/csv; header=present', true],
  ['\\p{ASCII}*', 'é', false],
  ['\\p{Print}+', 'target-tracking', true],
  ['\\p{Print}+', 'a\nb', false],
  ['[\\p{Alnum}\\-]+', 'a-1', true],
  ['[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*', 'Größe 1_@', true],
  ['[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*', 'a#b', false],
  ['[\\u0020-\\uD7FF\\uE000-\\uFFFD\\uD800\\uDC00-\\uDBFF\\uDFFF\\r\\n\\t]*', 'a 😀\n', true],
  ['[\\u0020-\\uD7FF\\uE000-\\uFFFD\\uD800\\uDC00-\\uDBFF\\uDFFF\\r\\n\\t]*', 'a\u0001', false],
  ['\\A\\S[\\p{Print}]*\\z', 'a b', true],
  ['\\A\\S[\\p{Print}]*\\z', ' a', false],
])('%s against the whole of %j: %s', (pattern, text, expected) => {
  expect(whole(pattern).test(text)).toBe(expected);
});

test('a pattern of a resource schema may match anywhere in the text', () => {
  expect(partial('[a-z]+').test('1a1')).toBe(true);
  expect(partial('^[a-z]+$').test('1a1')).toBe(false);
});

test('a pattern that JavaScript cannot express is an error', () => {
  expect(() => whole('[a-z&&[^b]]')).toThrow(SyntaxError);
  expect(() => whole('a++')).toThrow(SyntaxError);
});

const FILES = [
  'resource-types.json',
  ...readdirSync(join(FACTS, 'operations')).map((file) => `operations/${file}`),
];

test.each(FILES)('every pattern of %s compiles', (file) => {
  const patterns = new Set<string>();
  JSON.parse(readFileSync(join(FACTS, file), 'utf8'), (key, value: unknown) => {
    if (key === 'pattern' && typeof value === 'string') patterns.add(value);
    return value;
  });
  const compile = file === 'resource-types.json' ? partial : whole;
  for (const pattern of patterns) expect(compile(pattern)).toBeInstanceOf(RegExp);
});
