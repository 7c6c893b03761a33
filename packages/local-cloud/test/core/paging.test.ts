import { compareKeys, page } from '../../src/core/paging';

const invalid = (message: string) => new RangeError(message);
const read = (items: string[], limit: number, token?: string) =>
  page(items, (item) => item, limit, token, invalid);

test('pages contain every item once and in order', () => {
  const items = ['c', 'a', 'e', 'b', 'd'];
  const pages: string[][] = [];
  let token: string | undefined;
  do {
    const { items: shown, nextToken } = read(items, 2, token);
    pages.push(shown);
    token = nextToken;
  } while (token);
  expect(pages).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
});

test('a page continues correctly when the last item of the previous page was removed', () => {
  const { nextToken } = read(['a', 'b', 'c'], 2);
  expect(read(['a', 'c', 'd'], 2, nextToken)).toEqual({ items: ['c', 'd'] });
});

test('a token that was never issued is refused', () => {
  expect(() => read(['a'], 1, 'nonsense')).toThrow(/The token 'nonsense' is not valid/);
});

test('keys sort by their UTF-8 bytes, not by UTF-16 units', () => {
  expect(['\u{1F600}', '\uFF5E', 'a'].sort(compareKeys)).toEqual(['a', '\uFF5E', '\u{1F600}']);
});
