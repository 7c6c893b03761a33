import type { JsonObject, JsonValue } from '../../src/states';
import { parsePath } from '../../src/states/jsonpath/path';
import { insertAtPath, requirePath, selectPath } from '../../src/states/jsonpath/select';

const DATA: JsonObject = {
  title: 'Numbers',
  vals: [0, 10, 20, 30],
  'odd key': { 'a.b': true },
  books: [
    { name: 'A', price: 8, tags: ['x'] },
    { name: 'B', price: 12, sold: true },
    { name: 'C', price: 20 },
  ],
  none: null,
};
const SCOPE = {
  data: DATA as JsonValue,
  context: { Execution: { Name: 'run-1' } },
  variable: (name: string) => (name === 'limit' ? { price: 12 } : undefined),
};

test.each<[string, JsonValue | undefined]>([
  ['$', DATA],
  ['$.title', 'Numbers'],
  ["$['title']", 'Numbers'],
  ['$["odd key"][\'a.b\']', true],
  ['$.none', null],
  ['$.none.deeper', undefined],
  ['$.missing', undefined],
  ['$.constructor', undefined],
  ['$.vals[0]', 0],
  ['$.vals[-1]', 30],
  ['$.vals[4]', undefined],
  ['$.vals[1:3]', [10, 20]],
  ['$.vals[2:]', [20, 30]],
  ['$.vals[:-2]', [0, 10]],
  ['$.vals[0,3]', [0, 30]],
  ['$.missing[*]', []],
  ['$.books[*].name', ['A', 'B', 'C']],
  ['$.books[0].*', ['A', 8, ['x']]],
  ["$.books[0]['name','price']", ['A', 8]],
  ['$..name', ['A', 'B', 'C']],
  ['$..tags[0]', ['x']],
  ['$.books[?(@.price < 12)].name', ['A']],
  ['$.books[?(@.price >= 12 && !(@.sold))].name', ['C']],
  ["$.books[?(@.name == 'A' || @.sold == true)].price", [8, 12]],
  ['$.books[?(@.tags)].name', ['A']],
  ['$.books[?(@.price < $limit.price)].name', ['A']],
  ['$.[?(@.title == "Numbers")].vals', [[0, 10, 20, 30]]],
  ['$$.Execution.Name', 'run-1'],
  ['$limit.price', 12],
  ['$unknown', undefined],
])('the path %s selects the values of JSONPath', (path, expected) => {
  expect(selectPath(parsePath(path), SCOPE)).toEqual(expected);
});

test.each([
  ['$.NoSuch', "Invalid path '$.NoSuch' : No results for path: $['NoSuch']"],
  ['$.no.such.path', "Invalid path '$.no.such.path' : Missing property in path $['no']"],
  ['$.vals[9]', "Invalid path '$.vals[9]' : No results for path: $['vals'][9]"],
])('a definite path without a value fails as in AWS: %s', (path, cause) => {
  expect(() => requirePath(path, SCOPE)).toThrow(
    expect.objectContaining({ error: 'States.Runtime', errorCause: cause }),
  );
});

test.each([
  'title',
  '$.',
  '$.a[',
  '$.a[x]',
  "$.a['b",
  '$.a b',
  '@.a',
  '$.books[?(@.price)',
  '$.books[?(5)]',
  '$.vals.length()',
])('%s is not a path', (path) => {
  expect(() => parsePath(path)).toThrow(expect.objectContaining({ name: 'PathSyntaxError' }));
});

test.each<[string, JsonValue, JsonValue]>([
  ['$', { a: 1 }, 'new'],
  ['$.b', { a: 1 }, { a: 1, b: 'new' }],
  ['$.a', { a: 1 }, { a: 'new' }],
  ['$.b.c.d', { a: 1 }, { a: 1, b: { c: { d: 'new' } } }],
  ['$.list[1]', { list: [1, 2] }, { list: [1, 'new'] }],
])('a result is written to %s of %j', (path, target, expected) => {
  const before = structuredClone(target);
  expect(insertAtPath(target, parsePath(path), 'new')).toEqual(expected);
  expect(target).toEqual(before);
});

test.each<[string, JsonValue]>([
  ['$.a', 'text'],
  ['$.a.b', { a: 1 }],
  ['$.list[2]', { list: [1, 2] }],
  ['$.a', null],
])('a result cannot be written to %s of %j', (path, target) => {
  expect(() => insertAtPath(target, parsePath(path), 'new')).toThrow(
    expect.objectContaining({ error: 'States.ResultPathMatchFailure' }),
  );
});
