import { matchesPattern, patternProblem, type Pattern } from '../../src/core/event-pattern';

const event = {
  source: 'aws.s3',
  resources: ['arn:1', 'arn:2'],
  detail: {
    state: 'FAILED',
    count: 7,
    ok: true,
    note: null,
    path: 'data/a.csv',
    items: [{ id: 1 }, { id: 2, tag: 'x' }],
  },
};

test.each<[string, Pattern, boolean]>([
  ['an exact value', { source: ['aws.s3'] }, true],
  ['another value', { source: ['aws.sns'] }, false],
  ['any of several values', { source: ['aws.sns', 'aws.s3'] }, true],
  ['all keys must match', { source: ['aws.s3'], detail: { state: ['OK'] } }, false],
  ['an element of an array', { resources: ['arn:2'] }, true],
  ['numbers, booleans and null by type', { detail: { count: [7], ok: [true], note: [null] } }, true],
  ['a number is not its text', { detail: { count: ['7'] } }, false],
  ['an absent key', { detail: { missing: ['x'] } }, false],
  ['objects in an array, as one object', { detail: { items: { id: [2], tag: ['x'] } } }, true],
  ['objects in an array, not mixed', { detail: { items: { id: [1], tag: ['x'] } } }, false],
  ['prefix', { detail: { path: [{ prefix: 'data/' }] } }, true],
  ['prefix that ignores case', { detail: { path: [{ prefix: { 'equals-ignore-case': 'DATA/' } }] } }, true],
  ['suffix', { detail: { path: [{ suffix: '.csv' }] } }, true],
  ['suffix of something else', { detail: { path: [{ suffix: '.json' }] } }, false],
  ['equals-ignore-case', { detail: { state: [{ 'equals-ignore-case': 'failed' }] } }, true],
  ['wildcard', { detail: { path: [{ wildcard: 'data/*.csv' }] } }, true],
  [
    'wildcard does not treat a dot as any character',
    { detail: { path: [{ wildcard: 'data/a?csv' }] } },
    false,
  ],
  ['anything-but another value', { detail: { state: [{ 'anything-but': 'OK' }] } }, true],
  ['anything-but this value', { detail: { state: [{ 'anything-but': ['OK', 'FAILED'] }] } }, false],
  ['anything-but a prefix', { detail: { path: [{ 'anything-but': { prefix: 'data/' } }] } }, false],
  [
    'anything-but of several suffixes',
    { detail: { path: [{ 'anything-but': { suffix: ['.json', '.txt'] } }] } },
    true,
  ],
  ['anything-but needs the key', { detail: { missing: [{ 'anything-but': 'x' }] } }, false],
  ['exists', { detail: { state: [{ exists: true }] } }, true],
  ['exists: null counts as present', { detail: { note: [{ exists: true }] } }, true],
  ['does not exist', { detail: { missing: [{ exists: false }] } }, true],
  ['does not exist, below an absent key', { other: { missing: [{ exists: false }] } }, true],
  ['numeric range', { detail: { count: [{ numeric: ['>', 0, '<=', 7] }] } }, true],
  ['numeric range missed', { detail: { count: [{ numeric: ['>', 7] }] } }, false],
  ['numeric of a text', { detail: { state: [{ numeric: ['>', 0] }] } }, false],
  ['$or with one that matches', { $or: [{ source: ['x'] }, { detail: { count: [7] } }] }, true],
  ['$or with none', { $or: [{ source: ['x'] }, { source: ['y'] }] }, false],
  ['$or next to a key', { source: ['x'], $or: [{ detail: { count: [7] } }, { source: ['aws.s3'] }] }, false],
  ['$or further down', { detail: { $or: [{ state: ['OK'] }, { ok: [true] }] } }, true],
])('%s', (_, pattern, expected) => {
  expect(patternProblem(pattern)).toBeUndefined();
  expect(matchesPattern(pattern, event)).toBe(expected);
});

test.each([
  [[], 'must be an object'],
  [{}, 'must not be empty'],
  [{ source: 'aws.s3' }, '"source" must be an object or an array'],
  [{ source: [] }, '"source" must not be an empty array'],
  [{ detail: { a: [{ startsWith: 'x' }] } }, '"detail.a" has the unknown operator startsWith'],
  [{ a: [{ numeric: ['>'] }] }, 'numeric takes a list'],
  [{ a: [{ exists: 'yes' }] }, 'exists takes true or false'],
  [{ a: [{ prefix: 'x', suffix: 'y' }] }, 'single operators'],
  [{ $or: [{ a: ['x'] }] }, 'at least two patterns'],
  [{ a: [{ 'anything-but': { exists: true } }] }, 'anything-but takes'],
])('%j is refused', (pattern, reason) => {
  expect(patternProblem(pattern)).toContain(reason);
});
