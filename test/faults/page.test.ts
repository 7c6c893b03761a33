import { readFileSync } from 'node:fs';
import { EXCEPTIONS } from './exceptions';
import { failuresPage } from './page';

test('docs/failures.md is up to date: npm run failures writes it', () => {
  expect(readFileSync('docs/failures.md', 'utf8')).toBe(failuresPage());
});

test('every exception is one of a row', () => {
  for (const { because } of EXCEPTIONS) {
    const [row] = failuresPage()
      .split('\n')
      .filter((line) => line.includes(because));
    expect(row).toMatch(/^\| `.+` +\| \w/);
  }
});
